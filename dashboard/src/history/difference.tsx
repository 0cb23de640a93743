import { Stack, Text } from '@mantine/core';
import type { DocumentDifference } from '../api/changes.ts';
import { shownText } from '../sentences/shown-text.ts';
import classes from './difference.module.css';
import { differenceLines, documentTitle } from './difference-lines.ts';

/** What stands before a line, and what a screen reader says instead. */
const SIGNS = { added: ['+', 'Added:'], removed: ['−', 'Removed:'], changed: ['≠', 'Changed:'] } as const;

/** Creating a flag writes as many documents as there are environments. */
const MOST_DOCUMENTS = 20;

/** Documents before and after, as lines that can be read without knowing how they are stored. */
export function Difference({ documents }: { readonly documents: readonly DocumentDifference[] }) {
  const more = documents.length - MOST_DOCUMENTS;
  if (documents.length === 0) return <Text size="sm">Nothing would be different.</Text>;
  return (
    <Stack gap="sm">
      {documents.slice(0, MOST_DOCUMENTS).map((document) => (
        <OneDifference key={`${document.kind} ${document.id}`} document={document} />
      ))}
      {more > 0 && <Text size="sm">And {more} more documents.</Text>}
    </Stack>
  );
}

function OneDifference({ document }: { readonly document: DocumentDifference }) {
  return (
    <div>
      <Text fw={650} size="sm" mb={4}>
        {shownText(documentTitle(document))}
      </Text>
      <DifferenceLines document={document} />
    </div>
  );
}

/** The lines alone, where what they are about is said already. */
export function DifferenceLines({ document }: { readonly document: Omit<DocumentDifference, 'id'> }) {
  const lines = differenceLines(document);
  if (lines.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing that can be seen.
      </Text>
    );
  }
  return (
    <ul className={classes.lines}>
      {lines.map(({ sign, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and are never put in another order.
        <li key={index} data-sign={sign}>
          <span aria-hidden="true">{SIGNS[sign][0]}</span>
          <span className="visually-hidden">{SIGNS[sign][1]}</span>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
