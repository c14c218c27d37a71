import type { PlainTranslation } from "../plain-translation.ts";

export const ru: PlainTranslation = {
  page: {
    scheduledText: "Открытие: {opening}. Страница проверит это сама.",
    scheduledTextUnknown: "Она скоро откроется. Страница проверит это сама.",
    scheduledLabel: "До открытия (на момент загрузки страницы)",
    scheduledDue: "одно мгновение",
    joinFromText: "Начало записи: {from}.",
    openUntil: "Встать в очередь можно до: {closing}.",
    waitingScheduled: "Открытие очереди: {opening}. Тогда вы получите место.",
    turnLabel: "Осталось времени на момент загрузки страницы",
    turnUntil: "До: {end}",
    connectionPolling: "Обновляется сама",
    tokenText:
      "Скопируйте его и вставьте в магазине. При каждой загрузке страницы появляется новый, он действует одну минуту.",
  },
  own: {
    times: "Время указано для часового пояса {zone}.",
    footer:
      "Эта страница работает без JavaScript. Она хранит ваше место в файле cookie этого браузера, по этому адресу.",
    cookiesTitle: "Ваш браузер не отправил наш файл cookie",
    cookiesText:
      "Без него нельзя узнать, что место ваше. Разрешите файлы cookie для этой страницы, вернитесь на неё и попробуйте снова.",
    foreignTitle: "Запрос пришёл не с этой страницы",
    foreignText: "Ничего не сделано. Откройте страницу очереди и попробуйте там.",
    back: "На страницу очереди",
  },
};
