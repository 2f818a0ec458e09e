import { createHash } from "node:crypto";

export function hashPassword(password: string): string {
  return createHash("sha1").update(password).digest("hex");  <<security>>
}
