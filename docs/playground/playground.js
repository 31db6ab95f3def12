// The page: it asks Python in a worker, and shows what that answers. It decides nothing itself.
import { TEXTS } from "./texts.js";

const at = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const made = (tag, rest = {}, ...inside) => {
  const element = Object.assign(document.createElement(tag), rest);
  element.append(...inside);
  return element;
};
const capital = (text) => text[0].toUpperCase() + text.slice(1);

let language = navigator.language.startsWith("fr") ? "fr" : "en";
let last = null;
let said = { key: "begin" };

function text(key, ...given) {
  const found = TEXTS[language][key];
  if (found === undefined) throw new Error(`no text ${key} in ${language}`);
  return typeof found === "string" ? found.replace(/{(\d)}/g, (_, place) => given[place]) : found;
}

// --- Python in its worker ---

const worker = new Worker("worker.js", { type: "module" });
const waiting = new Map();
worker.onmessage = ({ data }) => {
  if (data.stage !== undefined) return showStage(data.stage);
  const { resolve, reject } = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.failed) reject(new Error(data.failed));
  else resolve(JSON.parse(data.answer));
};
worker.onerror = (event) => showFailure(event.message);

function ask(what, given = {}) {
  const id = crypto.randomUUID();
  worker.postMessage({ id, asked: JSON.stringify({ do: what, language, given }) });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

async function act(what, given, form) {
  const answer = await ask(what, given);
  if (what === "begin") resetForms();
  if (answer.said.printed === undefined) said = answer.said;
  else showPrinted(answer.said.printed);
  show(answer);
  if (form) showProblems(form, said.problems ?? []);
  if (form && said.tone === "done") form.closest("details")?.removeAttribute("open");
}

// --- What was typed ---

// A name such as `contact.phone` is a field of a field, and some are lists.
const LISTS = ["services", "bank_accounts"];

function typed(form) {
  const given = {};
  for (const [name, value] of new FormData(form)) {
    const [outer, inner] = name.split(".");
    if (inner) (given[outer] ??= {})[inner] = value;
    else if (LISTS.includes(name)) given[name] = [...(given[name] ?? []), value].filter((one) => one.trim());
    else given[name] = value;
  }
  return given;
}

for (const form of all("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(form.dataset.do, typed(form), form);
  });
}
for (const button of all("#time button")) {
  button.addEventListener("click", () => {
    const given = Object.fromEntries(["hours", "moments"].map((name) => [name, Number(button.dataset[name] ?? 0)]));
    act(button.dataset.do, { ...given, night: at("night").checked });
  });
}
at("shown").addEventListener("change", () => act("show", { case: at("shown").value }));
for (const button of all("[data-language]")) {
  button.addEventListener("click", async () => {
    language = button.dataset.language;
    said = { key: "begin" };
    showTexts();
    if (last) show(await ask("view"));
  });
}

function resetForms() {
  for (const form of all("#verbs form")) {
    form.reset();
    showProblems(form, []);
  }
  for (const around of all("#verbs details")) around.open = true;
}

// --- What is shown ---

function showTexts() {
  document.documentElement.lang = language;
  document.title = text("title");
  for (const it of all("[data-say]")) it.textContent = text(it.dataset.say);
  for (const it of all("[data-name]")) it.setAttribute("aria-label", text(it.dataset.name));
  for (const it of all("[data-language]")) it.setAttribute("aria-pressed", it.dataset.language === language);
  at("stage").textContent = text("stages")[at("bar").value];
}

function showStage(stage) {
  at("bar").value = stage;
  at("stage").textContent = text("stages")[stage];
}

function showFailure(why) {
  at("loading").hidden = false;
  at("stage").textContent = text("failed", why);
}

let answers = 0;

function show(answer) {
  last = answer;
  document.documentElement.dataset.answers = ++answers;
  for (const it of all("[data-field]")) it.textContent = capital(answer.fields[it.dataset.field]);
  for (const it of all("[data-verb]")) it.textContent = capital(answer.verbs[it.dataset.verb]);
  for (const it of all("[data-needs]")) it.classList.toggle("possible", answer.possible.includes(it.dataset.needs));
  showChoices(answer);
  showSaid();
  at("clock").textContent = text("clock", answer.clock.words);
  at("none").hidden = answer.shown !== null;
  at("one").hidden = answer.shown === null;
  if (answer.shown) showCase(answer);
  at("steps").replaceChildren(...answer.steps.map((step) => made("li", { textContent: capital(step) })));
  at("mails").replaceChildren(...(answer.mails.length ? answer.mails.map(mail) : [made("p", { textContent: text("empty") })]));
  const day = document.querySelector("[name=edited]");
  day.value ||= answer.clock.at.slice(0, 10);
}

// What the form of a request has at first.
const ASKED = ["messagerie", "payer-tva"];

// Choices keep what is chosen when their words change.
function showChoices({ services, applicants }) {
  const boxes = new Set(all("[name=services]:checked").map((it) => it.value));
  if (!document.querySelector("[name=services]")) ASKED.forEach((code) => boxes.add(code));
  const legend = at("services").querySelector("legend");
  at("services").replaceChildren(legend, ...Object.entries(services).map(([value, label]) =>
    made("label", { className: "check" },
      made("input", { type: "checkbox", name: "services", value, defaultChecked: ASKED.includes(value), checked: boxes.has(value) }), made("span", { textContent: label }))));
  showOptions(at("applicant"), applicants, "third_party");
  showOptions(at("service"), services, "payer-tva");
}

function showOptions(select, options, first) {
  const chosen = select.value || first;
  select.replaceChildren(...Object.entries(options).map(([value, label]) => new Option(capital(label), value, value === first)));
  select.value = chosen;
}

function showSaid() {
  at("said").className = said.tone ?? "";
  at("said").textContent = said.key ? text(said.key) : (said.text ?? "");
}

function showPrinted(printed) {
  at("printed").textContent = printed;
  at("printed").dataset.runs = Number(at("printed").dataset.runs ?? 0) + 1;
}

function showCase({ shown, cases }) {
  showOptions(at("shown"), Object.fromEntries(cases.map(({ id, title }) => [id, title])), shown.id);
  at("shown").value = shown.id;
  at("status").textContent = capital(shown.status);
  at("limit").textContent = shown.limit ? text("limit", shown.limit, shown.rule) : text("no_limit");
  at("diagram").innerHTML = shown.diagram;
  at("events").replaceChildren(...shown.events.map((event) => made("li", { textContent: event })));
}

function showProblems(form, problems) {
  for (const it of form.querySelectorAll(".amiss")) it.remove();
  for (const it of form.querySelectorAll("[aria-invalid]")) it.removeAttribute("aria-invalid");
  for (const { field, text: words } of problems) {
    const name = field.replace(/\[\d+\]$/, "");
    const input = form.querySelector(`[name="${name}"]`);
    if (!input) continue;
    const id = `amiss-${form.dataset.do}-${name}`;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    input.closest("fieldset, label").append(made("span", { className: "amiss", id, textContent: words }));
  }
  form.querySelector("[aria-invalid]")?.focus();
}

// What a message carries goes into the field that asks for it.
const FILLS = { "activation-code-email": "activate", "confirmation-link-email": "confirm", "activation-code-letter": "enter" };

function mail({ subject, body, kind, secret }) {
  const shown = made("article", { className: "mail" }, made("h3", { textContent: subject }), made("p", { textContent: body }));
  if (secret) shown.append(made("button", { type: "button", textContent: text("use"), onclick: () => fill(FILLS[kind], secret) }));
  return shown;
}

function fill(what, secret) {
  const input = document.querySelector(`form[data-do=${what}] [name=code]`);
  input.value = secret;
  input.focus();
}

// --- Started ---

showTexts();
at("bar").value = 0;
ask("view").then((answer) => {
  show(answer);
  showStage(5);
  at("loading").hidden = true;
  at("main").hidden = false;
  document.documentElement.dataset.started = Math.round(performance.now());
}, (error) => showFailure(error.message));
