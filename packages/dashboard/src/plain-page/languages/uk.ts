import type { PlainTranslation } from "../plain-translation.ts";

export const uk: PlainTranslation = {
  page: {
    scheduledText: "Відкриється: {opening}. Ця сторінка перевірить це сама.",
    scheduledTextUnknown: "Незабаром відкриється. Ця сторінка перевірить це сама.",
    scheduledLabel: "До відкриття (на момент завантаження сторінки)",
    scheduledDue: "одна мить",
    joinFromText: "Початок запису: {from}.",
    openUntil: "Стати в чергу можна до: {closing}.",
    waitingScheduled: "Черга відкриється: {opening}. Тоді ви отримаєте місце.",
    turnLabel: "Залишилося часу на момент завантаження сторінки",
    turnUntil: "До: {end}",
    connectionPolling: "Оновлюється сама",
    tokenText:
      "Скопіюйте його та вставте в магазині. Після кожного завантаження сторінки з’являється новий, дійсний одну хвилину.",
  },
  own: {
    times: "Час указано для часового поясу {zone}.",
    footer:
      "Ця сторінка працює без JavaScript. Вона зберігає ваше місце у файлі cookie цього браузера, за цією адресою.",
    cookiesTitle: "Ваш браузер не надіслав наш файл cookie",
    cookiesText:
      "Без нього неможливо знати, що місце ваше. Дозвольте файли cookie для цієї сторінки, поверніться на неї та спробуйте ще раз.",
    foreignTitle: "Запит надійшов не з цієї сторінки",
    foreignText: "Нічого не зроблено. Відкрийте сторінку черги та спробуйте там.",
    back: "До сторінки черги",
  },
};
