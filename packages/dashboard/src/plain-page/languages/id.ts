import type { PlainTranslation } from "../plain-translation.ts";

export const id: PlainTranslation = {
  page: {
    scheduledText: "Dibuka {opening}. Halaman ini memeriksa lagi dengan sendirinya.",
    scheduledTextUnknown: "Segera dibuka. Halaman ini memeriksa lagi dengan sendirinya.",
    scheduledLabel: "Dibuka dalam (saat halaman ini dimuat)",
    scheduledDue: "sebentar lagi",
    joinFromText: "Bergabung dapat dimulai {from}.",
    openUntil: "Anda dapat bergabung sampai {closing}.",
    waitingScheduled: "Antrean dibuka {opening}. Saat itu Anda mendapat tempat.",
    turnLabel: "Sisa waktu saat halaman ini dimuat",
    turnUntil: "Sampai {end}",
    connectionPolling: "Memuat ulang sendiri",
    tokenText:
      "Salin dan tempelkan di toko. Setiap kali halaman ini dimuat, ada kode baru yang berlaku satu menit.",
  },
  own: {
    times: "Waktu mengikuti {zone}.",
    footer:
      "Halaman ini berjalan tanpa JavaScript. Tempat Anda disimpan dalam kuki peramban ini, di alamat ini.",
    cookiesTitle: "Peramban Anda tidak mengirim kuki kami",
    cookiesText:
      "Tanpa kuki, tidak ada yang tahu bahwa tempat itu milik Anda. Izinkan kuki untuk halaman ini, kembalilah, lalu coba lagi.",
    foreignTitle: "Permintaan itu bukan dari halaman ini",
    foreignText: "Tidak ada yang dilakukan. Buka halaman antrean dan coba di sana.",
    back: "Ke halaman antrean",
  },
};
