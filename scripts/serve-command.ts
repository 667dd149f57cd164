/** The `arcp serve` that the tests of other platforms and of browsers talk to. */
import { join } from "node:path";

/** Its arguments: in memory, at a free port that it tells as JSON. `root` is a folder with the built package. */
export function serveCommand(
  root: string,
  { agents, token }: { readonly agents: string; readonly token: string },
): readonly string[] {
  return [
    ...[join(root, "dist/runtime-kit/cli/main.js"), "serve"],
    ...["--no-db", "--port", "0", "--json", "--drain", "1"],
    // Those who come through a relay ask for the relay's port.
    ...["--allowed-host", "127.0.0.1"],
    ...["--agent", agents, "--token", token],
  ];
}
