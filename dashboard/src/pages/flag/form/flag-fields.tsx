import { NativeSelect, SimpleGrid, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { shownText } from '../../../sentences/shown-text.ts';
import { type FlagInput, hasOwnVariations, type Problems, PURPOSES } from './flag-input.ts';
import { VariationsEditor } from './variations-editor.tsx';

interface Props {
  readonly input: FlagInput;
  readonly onChange: (change: Partial<FlagInput>) => void;
  readonly problems: Problems;
  /** Tags that others have, to be chosen from. */
  readonly tags: readonly string[];
}

/** What is the same in all environments. */
export function FlagFields({ input, onChange, problems, tags }: Props) {
  const error = (path: string) => problems.get(path) ?? null;
  return (
    <>
      <Textarea
        label="Description"
        description="What it is for, and when it can go."
        autosize
        maxRows={6}
        value={input.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
        error={error('description')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label="Purpose"
          value={input.purpose}
          onChange={(event) => onChange({ purpose: event.currentTarget.value as FlagInput['purpose'] })}
          data={[{ value: '', label: 'Automatic' }, ...PURPOSES]}
        />
        <TextInput
          label="Owner"
          placeholder="team-checkout"
          value={input.owner}
          onChange={(event) => onChange({ owner: event.currentTarget.value })}
          error={error('owner')}
        />
      </SimpleGrid>
      <TagsInput
        label="Tags"
        placeholder={input.tags.length === 0 ? 'Type one, press Enter' : ''}
        value={[...input.tags]}
        onChange={(chosen) => onChange({ tags: chosen })}
        data={tags.map(shownText)}
        limit={200}
        error={error('tags') ?? [...problems].find(([path]) => path.startsWith('tags['))?.[1] ?? null}
      />
      <Switch
        label="Browsers may see it"
        description="Its rules are then public: whoever opens the page can read them."
        checked={input.browser}
        onChange={(event) => onChange({ browser: event.currentTarget.checked })}
      />
      {hasOwnVariations(input.type) && (
        <VariationsEditor
          type={input.type}
          variations={input.variations}
          onChange={(variations) => onChange({ variations })}
          problems={problems}
        />
      )}
    </>
  );
}
