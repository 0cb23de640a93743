/** The rules of a test client, in the place of a server. */
import type { Replica } from '@dimmer/client';
import { rulesAt, type TestStages } from './test-rules.ts';

interface StagedRules {
  /** Puts everybody at other stages; those that are not named stay where they are. */
  readonly setStages: (stages: TestStages) => void;
  /** Gives a client the rules, now and at each change. */
  readonly feed: (replica: Pick<Replica, 'replace'>) => void;
}

export function createStagedRules(first: TestStages): StagedRules {
  const fed = new Set<Pick<Replica, 'replace'>>();
  let stages: TestStages = first;
  let revision = 1;

  return {
    setStages({ launches, migrations }) {
      stages = {
        launches: { ...stages.launches, ...launches },
        migrations: { ...stages.migrations, ...migrations },
      };
      revision++;
      for (const replica of fed) replica.replace(rulesAt(stages, revision), 'stream');
    },
    feed(replica) {
      fed.add(replica);
      replica.replace(rulesAt(stages, revision), 'stream');
    },
  };
}
