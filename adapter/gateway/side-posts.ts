// How many signals that no job carries may be on their way to one partner: an endpoint that hangs piles up no more (R125, row 24).

export interface SidePosts {
  /**
   * Runs the post of a signal. Not when the same one is on its way already; nor when the partner has as many on their way as
   * it may: then `full` is called, once until one of them has ended.
   */
  run(
    signal: { readonly partner: string; readonly id: string },
    post: () => Promise<void>,
    full: () => void,
  ): Promise<void>;
}

/** `most`: on their way to one partner at a time. */
export function createSidePosts(most: number): SidePosts {
  const partners = new Map<string, { readonly underWay: Set<string>; told: boolean }>();
  return {
    async run({ partner, id }, post, full) {
      const its = partners.get(partner) ?? { underWay: new Set(), told: false };
      if (its.underWay.has(id)) return;
      if (its.underWay.size >= most) {
        if (!its.told) full();
        its.told = true;
        return;
      }
      partners.set(partner, its);
      its.underWay.add(id);
      try {
        await post();
      } finally {
        its.underWay.delete(id);
        its.told = false;
        if (its.underWay.size === 0) partners.delete(partner);
      }
    },
  };
}
