import type { Library } from '../participant.ts';

/** The floor: what it costs to find a key in a Map, with nothing decided. */
export const bareMap: Library = {
  text(plans) {
    const entries: [string, boolean][] = [];
    for (const [key, plan] of plans) {
      if (plan.kind !== 'on') return null;
      entries.push([key, true]);
    }
    return JSON.stringify(entries);
  },

  load(source) {
    const map = new Map<string, boolean>(JSON.parse(source.text));
    return {
      enabled: (flag) => () => map.get(flag) === true,
      text: (flag) => () => map.get(flag),
      json: (flag) => () => map.get(flag),
      all: (keys) => () => keys.filter((key) => map.get(key)).length,
      close() {},
    };
  },
};
