import type { PlainTranslation } from "../plain-translation.ts";

export const zhHans: PlainTranslation = {
  page: {
    scheduledText: "将于{opening}开放。此页面会自动再次查看。",
    scheduledTextUnknown: "即将开放。此页面会自动再次查看。",
    scheduledLabel: "距离开放（页面加载时）",
    scheduledDue: "片刻",
    joinFromText: "可从{from}开始加入。",
    openUntil: "可在{closing}之前加入。",
    waitingScheduled: "队列将于{opening}开放。届时您会获得位置。",
    turnLabel: "剩余时间（页面加载时）",
    turnUntil: "{end}之前",
    connectionPolling: "自动重新加载",
    tokenText: "请复制并粘贴到商店中。每次加载此页面都会有新的准入码，有效期一分钟。",
  },
  own: {
    times: "时间以 {zone} 为准。",
    footer: "此页面无需 JavaScript。您的位置保存在此浏览器的 Cookie 中，仅用于此网址。",
    cookiesTitle: "您的浏览器没有发送我们的 Cookie",
    cookiesText: "没有它就无法确认位置属于您。请允许此页面使用 Cookie，返回后重试。",
    foreignTitle: "该请求并非来自此页面",
    foreignText: "未执行任何操作。请打开队列页面，在那里重试。",
    back: "前往队列页面",
  },
};
