import { ActionIcon, type ActionIconProps, Avatar } from '@mantine/core';
import type { ComponentProps } from 'react';
import { shownText } from '../elements/shown-text.ts';

/** The initials of whoever is signed in. */
export function AccountButton({
  name,
  ...rest
}: { readonly name: string } & ActionIconProps & ComponentProps<'button'>) {
  const shown = shownText(name);
  return (
    <ActionIcon variant="subtle" size="lg" radius="xl" aria-label={`Account of ${shown}`} {...rest}>
      <Avatar name={shown} size={32} radius="xl" color="ink" alt="" aria-hidden />
    </ActionIcon>
  );
}
