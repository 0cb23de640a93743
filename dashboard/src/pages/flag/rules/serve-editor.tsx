import { PARTS } from '@dimmer/core';
import { bucketingOf, reweigh } from '@dimmer/core/reweigh';
import { NativeSelect, Stack } from '@mantine/core';
import type { Flag } from '../../../api/flags.ts';
import type { Serve } from '../../../api/targeting.ts';
import { type Weights, weightsOf } from '../../../api/weights.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import { BucketingFields } from '../dimmer/bucketing-fields.tsx';
import { SharesDimmer } from '../dimmer/shares-dimmer.tsx';

/** No variation's key has a space. */
const SPLIT = ' split';

interface Props {
  readonly flag: Flag;
  readonly serve: Serve;
  /** As it is saved. */
  readonly before: Serve | undefined;
  readonly off: string;
  readonly problem: string | undefined;
  readonly onChange: (serve: Serve) => void;
}

/** What those get whom a rule is about: one variation, or shares of which the rest goes on. */
export function ServeEditor({ flag, serve, before, off, problem, onChange }: Props) {
  const isSplit = 'slices' in serve;
  const setWeights = (weights: Weights): void => {
    const next = reweigh(before ?? serve, weights, off, bucketingOf(serve));
    const slices = 'slices' in next ? next.slices : [{ variation: next.variation, parts: PARTS }];
    onChange({ ...('slices' in next ? next : {}), slices });
  };
  return (
    <Stack gap="sm">
      <NativeSelect
        aria-label="What they get"
        value={isSplit ? SPLIT : serve.variation}
        error={problem}
        maw={320}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen !== SPLIT) return onChange({ variation: chosen });
          onChange({ slices: [...weightsOf(serve)].map(([variation, parts]) => ({ variation, parts })) });
        }}
        data={[
          ...flag.variations.map(({ key }) => ({ value: key, label: `All of them ${shownText(key)}` })),
          { value: SPLIT, label: 'A share of them …' },
        ]}
      />
      {isSplit && (
        <>
          <SharesDimmer flag={flag} weights={weightsOf(serve)} onWeights={setWeights} isDisabled={false} mayRest />
          <BucketingFields serve={serve} onChange={onChange} isDisabled={false} />
        </>
      )}
    </Stack>
  );
}
