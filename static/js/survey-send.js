// Sends a page and, while the survey cannot be reached, says so calmly and tries again:
// <form><p data-keep="tab" data-address="/s/…/1/" data-offline="sentence" data-unreachable="…" data-sending="…"></p></form>.
// What the server has to say otherwise (something is missing, the survey is over) the browser shows itself, by sending the form.
// data-keep="page" (anonymous rounds): until the submit nothing is stored anywhere, so what is sent here only shows that the survey
// can be reached and that the key is good. Then the browser sends the form. A submit that was sent twice counts once.
const status = document.querySelector("[data-keep=tab], [data-keep=page]");
const isOnlyHere = status?.dataset.keep === "page";
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
const LONGEST_TRY = 60_000;
const SLOW = 800;
let [go, isSending, isLeaving, wait, timer] = [null, false, false, FIRST_WAIT, 0];

const form = status?.closest("form");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  go = event.submitter?.value ?? "next";
  wait = FIRST_WAIT;
  send();
});
window.addEventListener("online", send);
window.addEventListener("beforeunload", (event) => {
  if (go || (isOnlyHere && !isLeaving && holdsAnswers())) event.preventDefault();
});

// Whether closing the page would lose something: it has a page before it, or something typed.
function holdsAnswers() {
  const typed = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const isGiven = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.value !== "");
  return Boolean(form.querySelector("button[value=back]")) || typed.some(isGiven);
}

async function send() {
  if (!go || isSending) return;
  isSending = true;
  clearTimeout(timer);
  const slow = setTimeout(() => say(status.dataset.sending), SLOW);
  try {
    await act(await post());
  } catch {
    later(navigator.onLine ? status.dataset.unreachable : status.dataset.offline);
  } finally {
    clearTimeout(slow);
    isSending = false;
  }
}

async function post(token = null) {
  const body = new URLSearchParams(new FormData(form));
  body.set("go", go);
  if (token) body.set("csrfmiddlewaretoken", token);
  const headers = isOnlyHere ? {} : { "X-Survey-Page": "1" };
  const options = { method: "POST", body, headers, signal: AbortSignal.timeout(LONGEST_TRY) };
  const answer = await fetch(status.dataset.address, options);
  if (answer.status !== 403 || token) return answer;
  // The key of the page has expired; the answer is the page with a new one.
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!fresh) return answer;
  form.querySelector("[name=csrfmiddlewaretoken]").value = fresh;
  return post(fresh);
}

async function act(answer) {
  if (answer.status >= 500 || answer.status === 429) return later(status.dataset.unreachable);
  if (isOnlyHere && answer.redirected) return leaveFor(answer.url);
  if (isOnlyHere || !answer.ok) return leaveItToTheBrowser();
  const isSaved = answer.headers.get("Content-Type").startsWith("application/json");
  form.dispatchEvent(new CustomEvent("survey:saved", { detail: isSaved ? go : "submit" }));
  // Not saved, and nothing to do about it: the survey is over.
  if (!isSaved) return leaveItToTheBrowser();
  leaveFor((await answer.json()).next);
}

function leaveFor(address) {
  [go, isLeaving] = [null, true];
  location.assign(address);
}

function leaveItToTheBrowser() {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "go", value: go });
  status.after(field);
  [go, isLeaving] = [null, true];
  HTMLFormElement.prototype.submit.call(form);
}

function later(words) {
  say(words);
  timer = setTimeout(send, wait);
  wait = Math.min(2 * wait, LONGEST_WAIT);
}

function say(words) {
  if (status.textContent !== words) status.textContent = words;
}
