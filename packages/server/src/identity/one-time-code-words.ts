import type { Language } from "@stanchion/contract";

/** What the mail with a code says in one language. `{code}`, `{shop}` and `{minutes}` are filled; the code stands on a line of its own. */
export interface CodeWords {
  readonly subject: string;
  readonly code: string;
  readonly use: string;
  /** For who has not asked for it. */
  readonly warning: string;
}

/** The languages of the waiting page. */
export const codeWords: Readonly<Record<Language, CodeWords>> = {
  en: {
    subject: "{code} is your code for {shop}",
    code: "Your code for {shop}:",
    use: "It is good for {minutes} minutes and can be used once. If you have asked for several codes, only the last one works.",
    warning:
      "If you did not ask for it, do nothing: without this code nobody gets in. Do not pass it on to anyone.",
  },
  de: {
    subject: "{code} ist Ihr Code für {shop}",
    code: "Ihr Code für {shop}:",
    use: "Er gilt {minutes} Minuten und nur einmal. Haben Sie mehrere Codes angefordert, gilt nur der letzte.",
    warning:
      "Haben Sie ihn nicht angefordert, müssen Sie nichts tun: Ohne diesen Code kommt niemand hinein. Geben Sie ihn nicht weiter.",
  },
  fr: {
    subject: "{code} est votre code pour {shop}",
    code: "Votre code pour {shop} :",
    use: "Il est valable {minutes} minutes et ne sert qu’une fois. Si vous avez demandé plusieurs codes, seul le dernier fonctionne.",
    warning:
      "Si vous ne l’avez pas demandé, ne faites rien : sans ce code, personne n’entre. Ne le communiquez à personne.",
  },
  es: {
    subject: "{code} es su código para {shop}",
    code: "Su código para {shop}:",
    use: "Vale durante {minutes} minutos y una sola vez. Si ha pedido varios códigos, solo sirve el último.",
    warning: "Si no lo ha pedido, no haga nada: sin este código no entra nadie. No se lo dé a nadie.",
  },
  it: {
    subject: "{code} è il suo codice per {shop}",
    code: "Il suo codice per {shop}:",
    use: "Vale {minutes} minuti e una volta sola. Se ha chiesto più codici, funziona solo l’ultimo.",
    warning:
      "Se non l’ha chiesto, non faccia nulla: senza questo codice non entra nessuno. Non lo dia a nessuno.",
  },
  "pt-BR": {
    subject: "{code} é o seu código para {shop}",
    code: "O seu código para {shop}:",
    use: "Ele vale por {minutes} minutos e uma única vez. Se você pediu vários códigos, só o último funciona.",
    warning: "Se você não o pediu, não faça nada: sem este código ninguém entra. Não o passe a ninguém.",
  },
  nl: {
    subject: "{code} is uw code voor {shop}",
    code: "Uw code voor {shop}:",
    use: "De code is {minutes} minuten geldig en werkt één keer. Hebt u meerdere codes aangevraagd, dan werkt alleen de laatste.",
    warning:
      "Hebt u er niet om gevraagd, doe dan niets: zonder deze code komt niemand binnen. Geef de code aan niemand door.",
  },
  pl: {
    subject: "{code} to Państwa kod: {shop}",
    code: "Państwa kod ({shop}):",
    use: "Kod jest ważny {minutes} min i działa tylko raz. Jeśli poproszono o kilka kodów, działa tylko ostatni.",
    warning:
      "Jeśli to nie Państwo o niego prosili, nie trzeba nic robić: bez tego kodu nikt się nie zaloguje. Proszę nikomu go nie podawać.",
  },
  sv: {
    subject: "{code} är din kod för {shop}",
    code: "Din kod för {shop}:",
    use: "Den gäller i {minutes} minuter och kan användas en gång. Har du bett om flera koder fungerar bara den sista.",
    warning:
      "Om du inte har bett om den behöver du inte göra något: utan koden kommer ingen in. Ge den inte till någon.",
  },
  ru: {
    subject: "{code} — ваш код: {shop}",
    code: "Ваш код ({shop}):",
    use: "Он действует {minutes} мин и только один раз. Если вы запрашивали несколько кодов, подойдёт только последний.",
    warning:
      "Если вы его не запрашивали, ничего не делайте: без этого кода никто не войдёт. Никому его не сообщайте.",
  },
  ar: {
    subject: "{code} هو رمزك: {shop}",
    code: "رمزك ({shop}):",
    use: "يصلح الرمز لمدة {minutes} دقائق ولمرة واحدة فقط. إذا طلبت أكثر من رمز فلا يعمل إلا الأخير.",
    warning: "إذا لم تطلبه فلا تفعل شيئًا: لا يمكن لأحد الدخول من دون هذا الرمز. لا تعطه لأحد.",
  },
  he: {
    subject: "{code} הוא הקוד שלך: {shop}",
    code: "הקוד שלך ({shop}):",
    use: "הקוד תקף ל-{minutes} דקות ולשימוש אחד. אם ביקשת כמה קודים, רק האחרון עובד.",
    warning: "אם לא ביקשת אותו, אין צורך לעשות דבר: בלי הקוד הזה איש אינו נכנס. אין למסור אותו לאיש.",
  },
  ja: {
    subject: "{code} が {shop} の確認コードです",
    code: "{shop} の確認コード：",
    use: "有効期間は {minutes} 分で、一度だけ使えます。複数のコードをご依頼の場合は、最後のコードだけが有効です。",
    warning:
      "お心当たりがない場合は、何もする必要はありません。このコードがなければ誰もログインできません。誰にも教えないでください。",
  },
  ko: {
    subject: "{shop} 인증 코드: {code}",
    code: "{shop} 인증 코드:",
    use: "{minutes}분 동안 한 번만 사용할 수 있습니다. 여러 번 요청하셨다면 마지막 코드만 유효합니다.",
    warning:
      "요청하지 않으셨다면 아무것도 하지 않으셔도 됩니다. 이 코드 없이는 아무도 로그인할 수 없습니다. 누구에게도 알려 주지 마세요.",
  },
  "zh-Hans": {
    subject: "{code} 是您在 {shop} 的验证码",
    code: "您在 {shop} 的验证码：",
    use: "验证码在 {minutes} 分钟内有效，只能使用一次。如果您请求了多个验证码，只有最后一个有效。",
    warning: "如果不是您本人请求的，请不必理会：没有此验证码，谁也无法登录。请勿将它告诉任何人。",
  },
  id: {
    subject: "{code} adalah kode Anda untuk {shop}",
    code: "Kode Anda untuk {shop}:",
    use: "Kode ini berlaku {minutes} menit dan hanya dapat dipakai sekali. Jika Anda meminta beberapa kode, hanya yang terakhir yang berlaku.",
    warning:
      "Jika Anda tidak memintanya, abaikan saja: tanpa kode ini tidak ada yang dapat masuk. Jangan berikan kepada siapa pun.",
  },
  tr: {
    subject: "{code}, {shop} için kodunuz",
    code: "{shop} için kodunuz:",
    use: "Kod {minutes} dakika geçerlidir ve bir kez kullanılabilir. Birden fazla kod istediyseniz yalnızca sonuncusu çalışır.",
    warning:
      "Siz istemediyseniz bir şey yapmanız gerekmez: bu kod olmadan kimse giremez. Kodu kimseyle paylaşmayın.",
  },
  uk: {
    subject: "{code} — ваш код: {shop}",
    code: "Ваш код ({shop}):",
    use: "Він діє {minutes} хв і лише один раз. Якщо ви просили кілька кодів, спрацює тільки останній.",
    warning:
      "Якщо ви його не просили, нічого не робіть: без цього коду ніхто не увійде. Нікому його не повідомляйте.",
  },
  cs: {
    subject: "{code} je váš kód: {shop}",
    code: "Váš kód ({shop}):",
    use: "Platí {minutes} minut a lze jej použít jen jednou. Pokud jste si vyžádali více kódů, funguje jen poslední.",
    warning:
      "Pokud jste o něj nežádali, nemusíte nic dělat: bez tohoto kódu se nikdo nepřihlásí. Nikomu jej nesdělujte.",
  },
  hi: {
    subject: "{shop} के लिए आपका कोड {code} है",
    code: "{shop} के लिए आपका कोड:",
    use: "यह {minutes} मिनट तक मान्य है और एक ही बार काम आता है। अगर आपने एक से ज़्यादा कोड माँगे हैं, तो केवल आख़िरी कोड काम करेगा।",
    warning: "अगर आपने इसे नहीं माँगा, तो कुछ न करें: इस कोड के बिना कोई अंदर नहीं आ सकता। इसे किसी को न बताएँ।",
  },
};
