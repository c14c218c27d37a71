import type { PlainTranslation } from "../plain-translation.ts";

export const tr: PlainTranslation = {
  page: {
    scheduledText: "Açılış: {opening}. Bu sayfa kendiliğinden yeniden bakar.",
    scheduledTextUnknown: "Yakında açılacak. Bu sayfa kendiliğinden yeniden bakar.",
    scheduledLabel: "Açılışa kalan süre (sayfa yüklendiğinde)",
    scheduledDue: "az kaldı",
    joinFromText: "Katılım başlangıcı: {from}.",
    openUntil: "Son katılım: {closing}.",
    waitingScheduled: "Kuyruğun açılışı: {opening}. Yeriniz o zaman verilir.",
    turnLabel: "Kalan süre (sayfa yüklendiğinde)",
    turnUntil: "Bitiş: {end}",
    connectionPolling: "Kendiliğinden yenilenir",
    tokenText:
      "Kodu kopyalayıp mağazaya yapıştırın. Sayfa her yüklendiğinde, bir dakika geçerli yeni bir kod verilir.",
  },
  own: {
    times: "Saatler {zone} saat dilimine göredir.",
    footer: "Bu sayfa JavaScript olmadan çalışır. Yerinizi bu adreste, bu tarayıcının çerezinde saklar.",
    cookiesTitle: "Tarayıcınız çerezimizi göndermedi",
    cookiesText:
      "Çerez olmadan bir yerin size ait olduğu bilinemez. Bu sayfa için çerezlere izin verin, sayfaya dönün ve tekrar deneyin.",
    foreignTitle: "Bu istek bu sayfadan gelmedi",
    foreignText: "Hiçbir işlem yapılmadı. Kuyruğun sayfasını açıp orada deneyin.",
    back: "Kuyruğun sayfasına git",
  },
};
