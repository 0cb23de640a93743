import { PARTS } from '@dimmer/core';
import { bucketingOf } from '@dimmer/core/reweigh';
import { Group, TextInput } from '@mantine/core';
import type { Serve } from '../../../api/targeting.ts';
import { weightsOf } from '../../../api/weights.ts';
import { Disclosure } from '../../../elements/disclosure.tsx';

interface Props {
  readonly serve: Serve;
  readonly onChange: (serve: Serve) => void;
  readonly isDisabled: boolean;
}

/** Bucketing: by which attribute, and with which seed. Seldom changed, so it waits behind a disclosure. */
export function BucketingFields({ serve, onChange, isDisabled }: Props) {
  const { by = '', seed = '' } = bucketingOf(serve);
  const change = (changed: { by?: string; seed?: string }): void => {
    const next = { by, seed, ...changed };
    const slices =
      'slices' in serve ? serve.slices : [...weightsOf(serve)].map(([variation, parts]) => ({ variation, parts }));
    const isPlain = next.by === '' && next.seed === '';
    const [only] = slices;
    if (isPlain && only?.parts === PARTS) onChange({ variation: only.variation });
    else onChange({ slices, ...(next.by !== '' && { by: next.by }), ...(next.seed !== '' && { seed: next.seed }) });
  };
  return (
    <Disclosure title="Advanced: who is in the percentage" isOpenAtFirst={by !== '' || seed !== ''}>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label="By attribute"
          description="Contexts with the same value of it get the same variation. Default: targetingKey."
          placeholder="targetingKey"
          value={by}
          maxLength={256}
          disabled={isDisabled}
          onChange={(event) => change({ by: event.currentTarget.value })}
        />
        <TextInput
          label="Seed"
          description="Flags with the same seed have the same people in their percentage. Another seed draws others."
          placeholder="the flag's own"
          value={seed}
          maxLength={128}
          disabled={isDisabled}
          onChange={(event) => change({ seed: event.currentTarget.value })}
        />
      </Group>
    </Disclosure>
  );
}
