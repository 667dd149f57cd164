/** A gateway for models, as small as can be: it knows its keys, what each may call and spend, and counts for itself. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CredentialProvisioner } from "arcp";

interface Key {
  readonly models: readonly string[];
  left: number;
}

/** What a call costs, in dollars. */
const PRICE = 0.25;

const keys = new Map<string, Key>();
const byGrant = new Map<string, string>();

const server = createServer((request, response) => {
  const key = keys.get(request.headers.authorization?.replace("Bearer ", "") ?? "");
  const model = new URL(request.url ?? "", "http://gateway").searchParams.get("model") ?? "";
  const answer = (status: number) => response.writeHead(status).end();
  if (key === undefined) return answer(401);
  if (!key.models.includes(model)) return answer(403);
  if (key.left < PRICE) return answer(402);
  key.left -= PRICE;
  answer(200);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

/** What the runtime asks of whoever issues keys. */
export const gateway: CredentialProvisioner = {
  // It lives in the runtime's own process here, and its keys with it; one elsewhere needs a store that lasts.
  endsWithProcess: true,
  issue({ grantId, budget, models }) {
    const value = `sk-${randomBytes(16).toString("hex")}`;
    keys.set(value, { models, left: budget?.USD ?? 0 });
    byGrant.set(grantId, value);
    const constraints = { "cost.budget": [`USD:${budget?.USD ?? 0}`], "model.use": models };
    return { credentials: [{ id: "gateway", scheme: "bearer", value, endpoint, constraints }] };
  },
  // Also for what was revoked before, or was never issued.
  revoke({ id }) {
    keys.delete(byGrant.get(id) ?? "");
    byGrant.delete(id);
  },
};
