import { Difference } from '../../../elements/difference.tsx';
import type { Targeting } from '../../../server/targeting.ts';
import { bodyOf, type TargetingBody } from '../../../server/targeting-body.ts';

interface Props {
  readonly where: Pick<Targeting, 'project' | 'flag' | 'environment'>;
  readonly before: TargetingBody;
  readonly after: TargetingBody;
}

/** What lies between two states of a targeting, as lines that can be read. */
export function TargetingChange({ where: { project, flag, environment }, before, after }: Props) {
  const id = `${project}/${flag}/${environment}`;
  return <Difference documents={[{ kind: 'targeting', id, before: bodyOf(before), after: bodyOf(after) }]} />;
}
