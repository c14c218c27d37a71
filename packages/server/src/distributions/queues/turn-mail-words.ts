import { type Language, pickLanguage } from "@stanchion/contract";

/** What a mail says in one language. `{queue}`, `{shop}` and `{until}` are filled; the link stands on a line of its own. */
export interface TurnMailWords {
  /** As in Content-Language. */
  readonly language: Language;
  readonly subject: string;
  readonly turn: string;
  readonly until: string;
  /** Where to open the link. */
  readonly device: string;
  /** Why the mail has come. */
  readonly reason: string;
}

const english: TurnMailWords = {
  language: "en",
  subject: "It is your turn: {queue}",
  turn: "It is your turn in the line for {queue} ({shop}).",
  until: "You can buy until {until}. Go on here:",
  device: "Open the link in the browser in which you waited last: your turn is kept there.",
  reason: "You get this one mail because you asked for it while you were waiting.",
};

/** The languages of the waiting page. */
export const turnMailWords: readonly TurnMailWords[] = [
  english,
  {
    language: "de",
    subject: "Sie sind dran: {queue}",
    turn: "Sie sind in der Warteschlange für {queue} ({shop}) an der Reihe.",
    until: "Sie können bis {until} kaufen. Hier geht es weiter:",
    device:
      "Öffnen Sie den Link in dem Browser, in dem Sie zuletzt gewartet haben: Dort liegt Ihr Platz für Sie bereit.",
    reason: "Sie bekommen diese eine E-Mail, weil Sie beim Warten darum gebeten haben.",
  },
  {
    language: "fr",
    subject: "C’est votre tour : {queue}",
    turn: "C’est votre tour dans la file d’attente pour {queue} ({shop}).",
    until: "Vous pouvez acheter jusqu’au {until}. Continuez ici :",
    device: "Ouvrez le lien dans le navigateur où vous attendiez en dernier : votre tour vous y attend.",
    reason: "Vous recevez cet unique e-mail parce que vous l’avez demandé pendant l’attente.",
  },
  {
    language: "es",
    subject: "Es su turno: {queue}",
    turn: "Es su turno en la fila de {queue} ({shop}).",
    until: "Puede comprar hasta el {until}. Continúe aquí:",
    device: "Abra el enlace en el navegador en el que esperó por última vez: allí le espera su turno.",
    reason: "Recibe este único correo porque lo pidió mientras esperaba.",
  },
  {
    language: "it",
    subject: "È il suo turno: {queue}",
    turn: "È il suo turno nella coda per {queue} ({shop}).",
    until: "Può acquistare fino al {until}. Continui qui:",
    device: "Apra il link nel browser in cui ha aspettato per ultimo: il suo turno la aspetta lì.",
    reason: "Riceve quest’unica e-mail perché l’ha chiesta durante l’attesa.",
  },
  {
    language: "pt-BR",
    subject: "É a sua vez: {queue}",
    turn: "É a sua vez na fila de {queue} ({shop}).",
    until: "Você pode comprar até {until}. Continue aqui:",
    device: "Abra o link no navegador em que você esperou por último: a sua vez está guardada lá.",
    reason: "Você recebe este único e-mail porque o pediu enquanto esperava.",
  },
  {
    language: "nl",
    subject: "U bent aan de beurt: {queue}",
    turn: "U bent aan de beurt in de wachtrij voor {queue} ({shop}).",
    until: "U kunt kopen tot {until}. Ga hier verder:",
    device: "Open de link in de browser waarin u het laatst wachtte: daar staat uw beurt klaar.",
    reason: "U krijgt deze ene e-mail omdat u er tijdens het wachten om hebt gevraagd.",
  },
  {
    language: "pl",
    subject: "Państwa kolej: {queue}",
    turn: "Nadeszła Państwa kolej w kolejce: {queue} ({shop}).",
    until: "Można kupować do: {until}. Proszę przejść dalej tutaj:",
    device:
      "Proszę otworzyć link w przeglądarce, w której ostatnio trwało oczekiwanie: tam czeka Państwa miejsce.",
    reason: "To jedyna wiadomość, wysłana dlatego, że poproszono o nią podczas czekania.",
  },
  {
    language: "sv",
    subject: "Det är din tur: {queue}",
    turn: "Det är din tur i kön till {queue} ({shop}).",
    until: "Du kan köpa till {until}. Fortsätt här:",
    device: "Öppna länken i den webbläsare där du senast väntade: där väntar din tur.",
    reason: "Du får detta enda mejl eftersom du bad om det medan du väntade.",
  },
  {
    language: "ru",
    subject: "Ваша очередь подошла: {queue}",
    turn: "Подошла ваша очередь: {queue} ({shop}).",
    until: "Купить можно до: {until}. Продолжите здесь:",
    device: "Откройте ссылку в том браузере, в котором вы ждали в последний раз: ваше место ждёт вас там.",
    reason: "Это единственное письмо, и вы получили его, потому что попросили о нём, пока ждали.",
  },
  {
    language: "ar",
    subject: "حان دورك: {queue}",
    turn: "حان دورك في قائمة الانتظار: {queue} ({shop}).",
    until: "يمكنك الشراء حتى {until}. تابع من هنا:",
    device: "افتح الرابط في المتصفح الذي كنت تنتظر فيه آخر مرة: دورك محفوظ هناك.",
    reason: "تصلك هذه الرسالة الوحيدة لأنك طلبتها أثناء الانتظار.",
  },
  {
    language: "he",
    subject: "הגיע תורך: {queue}",
    turn: "הגיע תורך בתור: {queue} ({shop}).",
    until: "אפשר לקנות עד {until}. להמשך:",
    device: "יש לפתוח את הקישור בדפדפן שבו המתנת לאחרונה: תורך שמור שם.",
    reason: "הודעה יחידה זו נשלחה כי ביקשת אותה בזמן ההמתנה.",
  },
  {
    language: "ja",
    subject: "順番が来ました：{queue}",
    turn: "「{queue}」（{shop}）の列で、あなたの順番が来ました。",
    until: "{until} まで購入できます。こちらからお進みください：",
    device: "最後に待っていたブラウザーでリンクを開いてください。あなたの順番はそこに保存されています。",
    reason: "このメールは、お待ちの間にご希望いただいたため、一度だけお送りしています。",
  },
  {
    language: "ko",
    subject: "차례가 되었습니다: {queue}",
    turn: "{queue}({shop}) 대기열에서 차례가 되었습니다.",
    until: "{until}까지 구매할 수 있습니다. 여기에서 계속하세요:",
    device: "마지막으로 기다리던 브라우저에서 링크를 여세요. 차례가 그곳에 보관되어 있습니다.",
    reason: "기다리는 동안 요청하셔서 이 메일을 한 번만 보내 드립니다.",
  },
  {
    language: "zh-Hans",
    subject: "轮到您了：{queue}",
    turn: "“{queue}”（{shop}）的队伍轮到您了。",
    until: "您可以在 {until} 之前购买。请从这里继续：",
    device: "请在您最后等候时使用的浏览器中打开链接：您的位置保留在那里。",
    reason: "您收到这唯一一封邮件，是因为您在等待时要求了它。",
  },
  {
    language: "id",
    subject: "Giliran Anda: {queue}",
    turn: "Giliran Anda telah tiba di antrean {queue} ({shop}).",
    until: "Anda dapat membeli sampai {until}. Lanjutkan di sini:",
    device: "Buka tautan di peramban tempat Anda terakhir menunggu: giliran Anda disimpan di sana.",
    reason: "Anda menerima satu surel ini karena Anda memintanya saat menunggu.",
  },
  {
    language: "tr",
    subject: "Sıra sizde: {queue}",
    turn: "{queue} ({shop}) sırasında sıra size geldi.",
    until: "Satın alma için son zaman: {until}. Buradan devam edin:",
    device: "Bağlantıyı en son beklediğiniz tarayıcıda açın: sıranız orada saklanıyor.",
    reason: "Bu tek e-postayı, beklerken istediğiniz için alıyorsunuz.",
  },
  {
    language: "uk",
    subject: "Ваша черга настала: {queue}",
    turn: "Настала ваша черга: {queue} ({shop}).",
    until: "Купити можна до: {until}. Продовжте тут:",
    device: "Відкрийте посилання в тому браузері, у якому ви чекали востаннє: ваше місце чекає на вас там.",
    reason: "Це єдиний лист, і ви отримали його, бо попросили про нього, поки чекали.",
  },
  {
    language: "cs",
    subject: "Jste na řadě: {queue}",
    turn: "Jste na řadě ve frontě {queue} ({shop}).",
    until: "Nakoupit můžete do: {until}. Pokračujte zde:",
    device: "Otevřete odkaz v prohlížeči, ve kterém jste naposledy čekali: tam na vás čeká vaše místo.",
    reason: "Tento jediný e-mail dostáváte, protože jste o něj při čekání požádali.",
  },
  {
    language: "hi",
    subject: "आपकी बारी आ गई है: {queue}",
    turn: "{queue} ({shop}) की कतार में आपकी बारी आ गई है।",
    until: "आप {until} तक खरीद सकते हैं। यहाँ आगे बढ़ें:",
    device: "लिंक उसी ब्राउज़र में खोलें जिसमें आप आख़िरी बार इंतज़ार कर रहे थे: आपकी बारी वहीं सुरक्षित है।",
    reason: "यह एकमात्र ईमेल आपको इसलिए मिला है क्योंकि आपने इंतज़ार करते समय इसे माँगा था।",
  },
];

/** The words of the first wish that there are words for; English where there is none. Wishes are BCP 47 tags. */
export function chooseTurnMailWords(wishes: readonly string[]): TurnMailWords {
  const chosen = pickLanguage(wishes);
  return turnMailWords.find(({ language }) => language === chosen) ?? english;
}
