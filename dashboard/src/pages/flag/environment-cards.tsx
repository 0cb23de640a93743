import { lazy, Suspense, useState } from 'react';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { EnvironmentCard } from './environment-card.tsx';
import classes from './environment-cards.module.css';

const SwitchDialog = lazy(() =>
  import('./switch-dialog.tsx').then(({ SwitchDialog: dialog }) => ({ default: dialog })),
);

interface Props {
  readonly flag: Flag;
  readonly environments: readonly Environment[];
  readonly chosen: string;
  readonly onChoose: (environment: string) => void;
}

/** Every environment in short, side by side. */
export function EnvironmentCards({ flag, environments, chosen, onChoose }: Props) {
  const [asked, setAsked] = useState<{ act: 'kill' | 'restore'; environment: Environment } | null>(null);
  return (
    <section aria-label="Environments" className={classes.cards}>
      {environments.map((environment) => {
        const summary = flag.environments.find((each) => each.environment === environment.key);
        return (
          summary && (
            <EnvironmentCard
              key={environment.key}
              flag={flag}
              environment={environment}
              summary={summary}
              isChosen={environment.key === chosen}
              onChoose={() => onChoose(environment.key)}
              onAct={(act) => setAsked({ act, environment })}
            />
          )
        );
      })}
      <Suspense>{asked && <SwitchDialog flag={flag} {...asked} onClose={() => setAsked(null)} />}</Suspense>
    </section>
  );
}
