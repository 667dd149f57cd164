import { describe, expect, it } from "vitest";
import { isExposed } from "./private-url.js";

describe("SEC-01 TRN-04 a secret that is sent to", () => {
  it.each([
    "ws://localhost:7777/arcp",
    "ws://LOCALHOST./arcp",
    "ws://runtime.localhost:7777/arcp",
    "ws://127.0.0.1:7777/arcp",
    "ws://127.8.9.10/arcp",
    "ws://2130706433/arcp",
    "ws://0x7f.1/arcp",
    "ws://[::1]:7777/arcp",
    "ws://[0:0:0:0:0:0:0:1]/arcp",
    "http://127.0.0.1/arcp",
    "wss://runtime.example.com/arcp",
    "https://10.0.0.1/arcp",
  ])("%s stays on this machine, or is encrypted", (address) => {
    expect(isExposed(new URL(address))).toBe(false);
  });

  it.each([
    "ws://runtime.example.com/arcp",
    "http://runtime.example.com/arcp",
    "ws://runtime:7777/arcp",
    "ws://10.0.0.1/arcp",
    "ws://192.168.1.2/arcp",
    "ws://128.0.0.1/arcp",
    "ws://0.0.0.0:7777/arcp",
    "ws://[::]:7777/arcp",
    "ws://[fe80::1]/arcp",
    "ws://localhost.example.com/arcp",
    "ws://notlocalhost/arcp",
    "ws://127.0.0.1.example.com/arcp",
    "ws://127.0.0.1.nip.io/arcp",
  ])("%s could be read on its way", (address) => {
    expect(isExposed(new URL(address))).toBe(true);
  });
});
