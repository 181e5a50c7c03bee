// Passkeys: <div data-passkey-sign-in> at the second step, <form data-passkey-register> under "My sign-in".
// Both stay hidden where the browser knows no passkeys; codes do the same there.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

function text(buffer) {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function ask(address, token, body, type) {
  const headers = { "X-CSRF-Token": token, "Content-Type": type };
  const answer = await fetch(address, { method: "POST", headers, body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

function known(list) {
  return (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
}

async function signIn(place) {
  const token = place.querySelector("[data-token]").value;
  const options = await ask("/sign-in/passkey/question", token, "", FORM);
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const made = await navigator.credentials.get({ publicKey });
  const response = {
    clientDataJSON: text(made.response.clientDataJSON),
    authenticatorData: text(made.response.authenticatorData),
    signature: text(made.response.signature),
    userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
  };
  const answer = { id: made.id, rawId: text(made.rawId), type: made.type, response };
  const address = `/sign-in/passkey?to=${encodeURIComponent(place.dataset.next)}`;
  return ask(address, token, JSON.stringify(answer), JSON_TYPE);
}

async function register(form) {
  const { csrf, code, name } = form.elements;
  const options = await ask(form.action, csrf.value, new URLSearchParams({ code: code.value }).toString(), FORM);
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  const response = {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
  };
  const answer = { id: made.id, rawId: text(made.rawId), type: made.type, response };
  const address = `/my-sign-in/passkeys?name=${encodeURIComponent(name.value)}`;
  return ask(address, csrf.value, JSON.stringify(answer), JSON_TYPE);
}

function offer(place, act) {
  const says = place.querySelector("[data-says]");
  const start = async (event) => {
    event.preventDefault();
    says.textContent = "";
    try {
      const { to } = await act(place);
      location.assign(to);
    } catch {
      says.textContent = place.dataset.refused;
    }
  };
  place.hidden = false;
  const button = place.querySelector("[data-start]");
  if (button) button.addEventListener("click", start);
  else place.addEventListener("submit", start);
}

if (window.PublicKeyCredential && navigator.credentials) {
  document.querySelectorAll("[data-passkey-sign-in]").forEach((place) => offer(place, signIn));
  document.querySelectorAll("[data-passkey-register]").forEach((place) => offer(place, register));
}
