import { dealingOf } from '@dimmer/core/reweigh';
import { Group, TextInput } from '@mantine/core';
import { Disclosure } from '../../../elements/disclosure.tsx';
import { PARTS, type Serve } from '../../../server/targeting.ts';
import { weightsOf } from '../../../server/weights.ts';

interface Props {
  readonly serve: Serve;
  readonly onChange: (serve: Serve) => void;
  readonly isDisabled: boolean;
}

/** How people are dealt: by which attribute, and with which seed. Seldom changed, so it waits behind a disclosure. */
export function DealingFields({ serve, onChange, isDisabled }: Props) {
  const { by = '', seed = '' } = dealingOf(serve);
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
    <Disclosure title="How people are dealt" isOpenAtFirst={by !== '' || seed !== ''}>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label="By attribute"
          description="Everybody with the same value gets the same. Usually the targeting key."
          placeholder="targetingKey"
          value={by}
          maxLength={256}
          disabled={isDisabled}
          onChange={(event) => change({ by: event.currentTarget.value })}
        />
        <TextInput
          label="Seed"
          description="Two flags with one seed have one cohort. Another seed draws anew who is in it."
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
