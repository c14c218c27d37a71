/** Has the fan mailed at the turn: confirms an address by a code where none is known, then asks for the mail. */
import { type TurnMail, turnMailsOf } from "@stanchion/sdk/turn-mail";
import { element, setHidden, setText } from "../dom.ts";
import { type Part, plainButton } from "../parts.ts";
import type { ExtrasView } from "../view-model.ts";
import type { PlainKey, Words } from "../words.ts";
import type { ExtrasHost } from "./index.ts";
import { MailProgress } from "./mail-progress.ts";
import type { MailSite } from "./mail-site.ts";

/** What the fan is asked for. */
type Step = "nothing" | "address" | "code" | "wish" | "on";

export function createMailPart(
  document: Document,
  { say, region }: Words,
  { stanchion, mailQueueId }: Pick<ExtrasHost, "stanchion" | "mailQueueId">,
  site: MailSite,
): Part<ExtrasView | null> {
  const { auth } = stanchion;
  const turnMails = turnMailsOf(stanchion);
  const queueId = mailQueueId ?? "";
  const progress = new MailProgress(queueId);
  const wish = { language: region.locale };
  const note = element(document, "p", "note");
  note.setAttribute("aria-live", "polite");
  let isBusy = false;
  let works = 0;
  /** One thing at a time; what fails is said below. */
  const work = (run: () => Promise<unknown>): void => {
    if (isBusy) return;
    isBusy = true;
    works += 1;
    setText(note, "");
    run()
      .catch((error) => setText(note, say(keyOf(error))))
      .finally(() => {
        isBusy = false;
      });
  };
  const ask = async (): Promise<void> => showMail(await turnMails.request(queueId, wish));

  const address = createForm(document, say("mailAddressLabel"), say("mailAddressButton"), (email) =>
    work(async () => {
      await auth.requestCode(email);
      progress.note(email);
      show("code");
      code.field.focus();
    }),
  );
  address.field.type = "email";
  address.field.autocomplete = "email";
  address.field.value = progress.email;
  const code = createForm(document, say("mailCodeLabel"), say("mailCodeButton"), (digits) =>
    work(async () => {
      // Mail programs copy spaces along.
      await auth.verifyCode(address.field.value.trim(), digits.replace(/\s/g, ""));
      await ask();
    }),
  );
  code.field.inputMode = "numeric";
  code.field.autocomplete = "one-time-code";
  const wanted = plainButton(document, say("mailLabel"), () => work(ask));
  const on = element(document, "p");
  const stop = plainButton(document, say("mailStop"), () =>
    work(async () => {
      await turnMails.cancel(queueId);
      progress.note("");
      show("wish");
    }),
  );

  const show = (step: Step): void => {
    setHidden(text, step !== "address");
    // Another code can be asked for.
    setHidden(address.root, step !== "address" && step !== "code");
    setHidden(code.root, step !== "code");
    setHidden(wanted, step !== "wish");
    for (const part of [on, stop]) setHidden(part, step !== "on");
  };
  const showMail = ({ isAvailable, status, email }: TurnMail): void => {
    if (!isAvailable) {
      show("nothing");
      setText(note, say("mailFailed"));
    } else if (email === null) show(progress.email === "" ? "address" : "code");
    else if (status === "NONE") {
      progress.note("");
      show("wish");
    } else {
      progress.note("on");
      setText(on, say("mailOn", { email }));
      show("on");
    }
  };

  const text = element(document, "p", "", [say("mailText")]);
  const root = element(document, "details", "mail", [
    element(document, "summary", "", [say("mailLabel")]),
    text,
    address.root,
    code.root,
    wanted,
    on,
    stop,
    note,
  ]);
  // Asked for when somebody wants it: not everybody who waits.
  root.addEventListener("toggle", () => {
    if (!root.open || isBusy) return;
    const before = works;
    turnMails.read(queueId).then(
      // What the fan has done meanwhile is newer.
      (mail) => works === before && showMail(mail),
      (error) => setText(note, say(keyOf(error))),
    );
  });
  show("nothing");
  // Then it says by itself how far the fan has come.
  root.open = progress.hasBegun;
  let isOfUse = false;
  const showRoot = (): void => setHidden(root, !isOfUse || !site.isHere);
  return {
    root,
    show(view) {
      isOfUse = view === "waiting" && mailQueueId !== null;
      showRoot();
      if (isOfUse) site.find(showRoot);
    },
  };
}

/** One field and its button, also by the Enter key. */
function createForm(
  document: Document,
  name: string,
  action: string,
  onSubmit: (text: string) => void,
): { readonly root: HTMLElement; readonly field: HTMLInputElement } {
  const field = element(document, "input", "link");
  field.required = true;
  const label = element(document, "label", "label", [name, field]);
  const submit = element(document, "button", "button quiet", [action]);
  const root = element(document, "form", "", [label, submit]);
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit(field.value.trim());
  });
  return { root, field };
}

function keyOf(error: unknown): PlainKey {
  // By its member: the class is another one in the page's own script.
  const { code }: { code?: unknown } = Object(error);
  if (code === "INVALID_OTP" || code === "OTP_EXPIRED") return "mailCodeWrong";
  return code === "IDENTITY_TAKEN" ? "mailTaken" : "mailFailed";
}
