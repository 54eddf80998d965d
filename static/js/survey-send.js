// Sends a page and, while the survey cannot be reached, says so calmly and tries again:
// <form><p data-keep="tab" data-address="/s/…/1/" data-offline="sentence" data-unreachable="…" data-sending="…"></p></form>.
// What the server has to say otherwise (something is missing, the survey is over) the browser shows by sending the form.
// data-keep="page" (anonymous rounds): nothing is stored before the submit; what is sent here only shows that the survey can be
// reached and the key is good. Then the browser sends the form; a submit that was sent twice counts once.
const status = document.querySelector("[data-keep=tab], [data-keep=page]");
const isOnlyHere = status?.dataset.keep === "page";
const [FIRST_WAIT, LONGEST_WAIT, LONGEST_TRY, SLOW] = [2_000, 30_000, 60_000, 800];
let [go, isSending, wait, timer] = [null, false, FIRST_WAIT, 0];
const form = status?.closest("form");
const say = (words) => status.textContent === words || status.replaceChildren(words);
const keyOf = (part) => part.querySelector("[name=csrfmiddlewaretoken]");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  [go, wait] = [event.submitter?.value ?? "next", FIRST_WAIT];
  send();
});
window.addEventListener("online", send);

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
  const [headers, signal] = [isOnlyHere ? {} : { "X-Survey-Page": "1" }, AbortSignal.timeout(LONGEST_TRY)];
  const answer = await fetch(status.dataset.address, { method: "POST", body, headers, signal });
  if (answer.status !== 403 || token) return answer;
  // The key of the page has expired; the answer is the page with a new one.
  const fresh = keyOf(new DOMParser().parseFromString(await answer.text(), "text/html"))?.value;
  if (!fresh) return answer;
  keyOf(form).value = fresh;
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
  leave();
  location.assign(address);
}

function leave() {
  go = null;
  form.dispatchEvent(new Event("survey:leaving"));
}

function leaveItToTheBrowser() {
  status.after(Object.assign(document.createElement("input"), { type: "hidden", name: "go", value: go }));
  leave();
  HTMLFormElement.prototype.submit.call(form);
}

function later(words) {
  say(words);
  timer = setTimeout(send, wait);
  wait = Math.min(2 * wait, LONGEST_WAIT);
}
