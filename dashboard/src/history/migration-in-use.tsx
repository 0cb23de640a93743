import { Checkbox, List, Stack, Text } from '@mantine/core';
import { ServerError } from '../api/request.ts';
import { shownText } from '../sentences/shown-text.ts';

/** Shown by name; the others are a number. */
const LISTED = 10;

interface Asker {
  readonly instance: string | null;
  readonly application: string | null;
  /** `null`: of an environment that the reader may not see. */
  readonly environment: string | null;
}

/** Instances that ask for a migration which is to go. */
export interface InUse {
  readonly count: number;
  readonly askers: readonly Asker[];
}

/** Who asks for it, if that is what the server has refused for. */
export function inUseBy(error: unknown): InUse | undefined {
  if (!(error instanceof ServerError) || error.code !== 'MIGRATION_IN_USE') return undefined;
  const { count, askers } = error.details as Partial<InUse>;
  return { count: count ?? 0, askers: askers ?? [] };
}

/** Names who asks for a migration, and lets it go all the same. */
export function MigrationInUse({
  inUse: { count, askers },
  force,
  onForce,
}: {
  readonly inUse: InUse;
  readonly force: boolean;
  readonly onForce: (force: boolean) => void;
}) {
  const named = askers.filter(({ environment }) => environment !== null).slice(0, LISTED);
  const others = count - named.length;
  return (
    <Stack gap={4}>
      <Text size="sm">
        {count === 1 ? 'One instance still asks' : `${count.toLocaleString()} instances still ask`} for it. Those that
        run stay at the stage that they know; one that starts on a new machine goes by what stands in its code.
      </Text>
      <List size="sm" aria-label="Instances that ask for it">
        {named.map(({ instance, application, environment }) => (
          <List.Item key={`${instance} ${application} ${environment}`}>
            {shownText(instance ?? 'an instance without a name')}
            {application !== null && ` (${shownText(application)})`} in {shownText(environment ?? '')}
          </List.Item>
        ))}
        {others > 0 && <List.Item>{others.toLocaleString()} more</List.Item>}
      </List>
      <Checkbox
        label="Take it away all the same; the history keeps the reason"
        checked={force}
        onChange={(event) => onForce(event.currentTarget.checked)}
      />
    </Stack>
  );
}
