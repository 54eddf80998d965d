// Saves minutes while they are typed: <form data-minutes data-done="where Save leads"> with <p data-minutes-status data-saved="…">.
// What somebody else wrote comes back with the answer. What only people can decide is left to the form, sent by its button.
const form = document.querySelector("form[data-minutes]");
const status = form?.querySelector("[data-minutes-status]");
const [text, base, version] = ["text", "base", "version"].map((name) => form?.elements.namedItem(name));
const [WAIT, LONGEST_WAIT, LONGEST_TRY] = [2_000, 8_000, 15_000];
let [timer, wait, isSending, isStopped, isLeaving] = [0, WAIT, false, false, false];

const isSaved = () => text.value === base.value;
const say = (name, words = status.dataset[name]) => (status.textContent = words);
const later = (time) => (timer ||= setTimeout(send, time));

async function send() {
  clearTimeout(timer);
  timer = 0;
  if (isSending || isStopped) return;
  if (isSaved()) return isLeaving && location.assign(form.dataset.done);
  isSending = true;
  try {
    await take(await post(), base.dataset.sent);
    wait = WAIT;
  } catch {
    say("unreachable");
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }
  isSending = false;
  if (!isSaved()) later(isLeaving ? 0 : wait);
  else if (isLeaving) location.assign(form.dataset.done);
}

async function post() {
  const body = new URLSearchParams(new FormData(form));
  base.dataset.sent = text.value;
  const options = { method: "POST", body, headers: { "X-Minutes": "1" }, keepalive: document.hidden, signal: AbortSignal.timeout(LONGEST_TRY) };
  const answer = await fetch(form.action, options);
  if (answer.status !== 403) return answer;
  // The key of the page has expired; the page has a new one, and the next try takes it along.
  const page = new DOMParser().parseFromString(await (await fetch(form.action)).text(), "text/html");
  form.elements.namedItem("csrfmiddlewaretoken").value = page.querySelector("[name=csrfmiddlewaretoken]").value;
  throw new Error("expired");
}

async function take(answer, sent) {
  if (answer.status >= 500 || !answer.headers.get("Content-Type").startsWith("application/json")) throw new Error("away");
  const reply = await answer.json();
  if (reply.reason) return stop(reply.reason);
  const isQuiet = reply.text === null || text.value === sent;
  if (reply.text !== null && isQuiet) put(reply.text);
  // Who typed on meanwhile began from what was sent; the next saving brings both together.
  base.value = reply.text !== null && isQuiet ? reply.text : sent;
  if (isQuiet) version.value = reply.version;
  form.dispatchEvent(new CustomEvent("minutes:saved"));
  const time = new Date().toLocaleTimeString(document.documentElement.lang);
  say("saved", status.dataset.saved.replace("%s", time) + (reply.text === null ? "" : ` ${status.dataset.merged}`));
}

function stop(reason) {
  isStopped = true;
  say(reason);
  if (isLeaving) HTMLFormElement.prototype.submit.call(form);
}

// The cursor stays where it was in the words around it.
function put(merged) {
  const [old, at, top] = [text.value, text.selectionStart, text.scrollTop];
  const place = merged.startsWith(old.slice(0, at)) ? at : merged.endsWith(old.slice(at)) ? merged.length - old.length + at : at;
  text.value = merged;
  text.setSelectionRange(place, place);
  text.scrollTop = top;
}

form?.addEventListener("input", () => later(wait));
form?.addEventListener("submit", (event) => {
  if (isStopped || "joined" in form.dataset || event.submitter?.name) return;
  event.preventDefault();
  isLeaving = true;
  send();
});
document.addEventListener("visibilitychange", () => form && document.hidden && send());
if (form && !isSaved()) later(0);
