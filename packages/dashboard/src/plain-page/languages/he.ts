import type { PlainTranslation } from "../plain-translation.ts";

export const he: PlainTranslation = {
  page: {
    scheduledText: "הוא ייפתח {opening}. הדף הזה יבדוק שוב מעצמו.",
    scheduledTextUnknown: "הוא ייפתח בקרוב. הדף הזה יבדוק שוב מעצמו.",
    scheduledLabel: "ייפתח בעוד (בעת טעינת הדף)",
    scheduledDue: "רגע",
    joinFromText: "אפשר להצטרף {from}.",
    openUntil: "אפשר להצטרף עד {closing}.",
    waitingScheduled: "התור ייפתח {opening}. אז יינתן לך מקום.",
    turnLabel: "הזמן שנותר בעת טעינת הדף",
    turnUntil: "עד {end}",
    connectionPolling: "נטען מחדש מעצמו",
    tokenText: "יש להעתיק אותו ולהדביק בחנות. בכל טעינה של הדף מופיע קוד חדש, שתקף לדקה.",
  },
  own: {
    times: "השעות הן לפי {zone}.",
    footer: "הדף הזה פועל בלי JavaScript. הוא שומר את מקומך בקובץ Cookie של הדפדפן הזה, בכתובת הזאת.",
    cookiesTitle: "הדפדפן לא שלח את קובץ ה-Cookie שלנו",
    cookiesText: "בלעדיו אי אפשר לדעת שהמקום שלך. יש לאשר קובצי Cookie לדף הזה, לחזור אליו ולנסות שוב.",
    foreignTitle: "הבקשה לא הגיעה מהדף הזה",
    foreignText: "לא נעשה דבר. יש לפתוח את דף התור ולנסות שם.",
    back: "לדף התור",
  },
};
