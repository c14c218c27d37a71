import type { PlainTranslation } from "../plain-translation.ts";

export const ko: PlainTranslation = {
  page: {
    scheduledText: "{opening}에 열립니다. 이 페이지가 자동으로 다시 확인합니다.",
    scheduledTextUnknown: "곧 열립니다. 이 페이지가 자동으로 다시 확인합니다.",
    scheduledLabel: "열릴 때까지(페이지를 불러온 시점)",
    scheduledDue: "곧",
    joinFromText: "{from}부터 줄을 설 수 있습니다.",
    openUntil: "{closing}까지 줄을 설 수 있습니다.",
    waitingScheduled: "대기열은 {opening}에 열립니다. 그때 순서를 받습니다.",
    turnLabel: "남은 시간(페이지를 불러온 시점)",
    turnUntil: "{end}까지",
    connectionPolling: "자동으로 새로 고침",
    tokenText: "복사하여 상점에 붙여 넣으세요. 이 페이지를 불러올 때마다 1분간 유효한 새 코드가 나옵니다.",
  },
  own: {
    times: "시간은 {zone} 기준입니다.",
    footer: "이 페이지는 JavaScript 없이 작동합니다. 순서는 이 주소의 쿠키로 이 브라우저에 유지됩니다.",
    cookiesTitle: "브라우저가 쿠키를 보내지 않았습니다",
    cookiesText:
      "쿠키가 없으면 누구의 순서인지 알 수 없습니다. 이 페이지의 쿠키를 허용하고 돌아가서 다시 시도해 주세요.",
    foreignTitle: "이 페이지에서 보낸 요청이 아닙니다",
    foreignText: "처리된 것이 없습니다. 대기열 페이지를 열어 다시 시도해 주세요.",
    back: "대기열 페이지로",
  },
};
