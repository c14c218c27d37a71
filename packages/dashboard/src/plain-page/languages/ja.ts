import type { PlainTranslation } from "../plain-translation.ts";

export const ja: PlainTranslation = {
  page: {
    scheduledText: "{opening}に開きます。このページは自動で更新されます。",
    scheduledTextUnknown: "まもなく開きます。このページは自動で更新されます。",
    scheduledLabel: "開くまで（ページ読み込み時点）",
    scheduledDue: "まもなく",
    joinFromText: "{from}から並べます。",
    openUntil: "{closing}まで並べます。",
    waitingScheduled: "待機列は{opening}に開きます。そのとき順番が決まります。",
    turnLabel: "残り時間（ページ読み込み時点）",
    turnUntil: "{end}まで",
    connectionPolling: "自動で再読み込みします",
    tokenText:
      "コピーしてショップに貼り付けてください。ページを読み込むたびに新しいコードになり、1分間有効です。",
  },
  own: {
    times: "時刻は{zone}のものです。",
    footer:
      "このページはJavaScriptなしで動作します。順番は、このアドレスのCookieとしてこのブラウザに保持されます。",
    cookiesTitle: "ブラウザからCookieが送信されませんでした",
    cookiesText:
      "Cookieがないと、順番があなたのものか確認できません。このページのCookieを許可し、戻ってもう一度お試しください。",
    foreignTitle: "このページからの操作ではありません",
    foreignText: "何も行われていません。待機列のページを開き、そこでお試しください。",
    back: "待機列のページへ",
  },
};
