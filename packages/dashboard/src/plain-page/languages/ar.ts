import type { PlainTranslation } from "../plain-translation.ts";

export const ar: PlainTranslation = {
  page: {
    scheduledText: "يُفتح {opening}. ستتحقق هذه الصفحة مرة أخرى تلقائيًا.",
    scheduledTextUnknown: "سيُفتح قريبًا. ستتحقق هذه الصفحة مرة أخرى تلقائيًا.",
    scheduledLabel: "يُفتح بعد (عند تحميل هذه الصفحة)",
    scheduledDue: "لحظة",
    joinFromText: "يبدأ الانضمام {from}.",
    openUntil: "يمكنك الانضمام حتى {closing}.",
    waitingScheduled: "يُفتح الطابور {opening}. عندئذٍ تحصل على مكانك.",
    turnLabel: "الوقت المتبقي عند تحميل هذه الصفحة",
    turnUntil: "حتى {end}",
    connectionPolling: "تتجدد تلقائيًا",
    tokenText: "انسخه والصقه في المتجر. كل تحميل لهذه الصفحة يأتي برمز جديد صالح لدقيقة واحدة.",
  },
  own: {
    times: "الأوقات بتوقيت {zone}.",
    footer:
      "تعمل هذه الصفحة دون JavaScript. وهي تحفظ مكانك في ملف تعريف ارتباط في هذا المتصفح، على هذا العنوان.",
    cookiesTitle: "لم يرسل متصفحك ملف تعريف الارتباط",
    cookiesText:
      "من دونه لا يمكن معرفة أن المكان لك. اسمح بملفات تعريف الارتباط لهذه الصفحة، ثم عُد إليها وحاول مرة أخرى.",
    foreignTitle: "لم يأتِ هذا الطلب من هذه الصفحة",
    foreignText: "لم يُنفَّذ شيء. افتح صفحة الطابور وحاول من هناك.",
    back: "إلى صفحة الطابور",
  },
};
