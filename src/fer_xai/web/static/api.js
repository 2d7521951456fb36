// The JSON API, as the page uses it.

export class Refused extends Error {
  constructor(code, message, wait) {
    super(message);
    this.code = code;
    this.wait = wait;
  }
}

async function asked(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused("unreachable", "The app does not answer: is it still running? A very large upload is cut off too.", 0);
  }
  const told = await response.json().catch(() => null);
  if (response.ok && told) return told;
  const error = told?.error ?? { code: "internal", message: `the app answered with status ${response.status}` };
  throw new Refused(error.code, error.message, Number(response.headers.get("Retry-After")) || 0);
}

function form(image, fields) {
  const filled = new FormData();
  filled.append("image", image, "photo");
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== "") filled.append(name, value);
  return filled;
}

export const predict = (image, fields, signal) =>
  asked("/api/v1/predict", { method: "POST", body: form(image, fields), signal });

export const explain = (image, fields) => asked("/api/v1/explain", { method: "POST", body: form(image, fields) });

export const methods = (model) => asked(`/api/v1/methods?${new URLSearchParams({ model })}`);

export const models = () => asked("/api/v1/models");
