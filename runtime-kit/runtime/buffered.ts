/**
 * What waits for connections that do not take it, for each principal. A reader that has stopped costs what its
 * transport holds for it; beyond the cap the one that is stuck longest is closed, and resumes when it reads again. §14.6
 */
export interface Buffered {
  /** Somebody's connection holds so much and takes nothing more; call what is returned once it does. */
  hold(principal: string, size: number, close: () => void): () => void;
}

interface Held {
  readonly size: number;
  readonly close: () => void;
}

export function createBuffered(most: number): Buffered {
  const principals = new Map<string, { total: number; readonly held: Set<Held> }>();

  return {
    hold(principal, size, close) {
      const own = principals.get(principal) ?? { total: 0, held: new Set<Held>() };
      principals.set(principal, own);
      const one: Held = { size, close };
      const release = (each: Held) => {
        if (!own.held.delete(each)) return;
        own.total -= each.size;
        if (own.held.size === 0) principals.delete(principal);
      };
      own.held.add(one);
      own.total += size;
      // In the order in which they got stuck.
      for (const longest of own.held) {
        if (own.total <= most || longest === one) break;
        release(longest);
        longest.close();
      }
      return () => release(one);
    },
  };
}
