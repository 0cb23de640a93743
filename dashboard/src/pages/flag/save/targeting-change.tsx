import { bodyOf, type TargetingBody } from '../../../api/targeting-body.ts';
import { DifferenceLines } from '../../../history/difference.tsx';

interface Props {
  readonly before: TargetingBody;
  readonly after: TargetingBody;
}

/** What lies between two states of a targeting, as lines that can be read. */
export function TargetingChange({ before, after }: Props) {
  return <DifferenceLines document={{ kind: 'targeting', before: bodyOf(before), after: bodyOf(after) }} />;
}
