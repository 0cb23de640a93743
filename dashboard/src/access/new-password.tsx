import { List, PasswordInput, Stack } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { passwordRules } from './password-rules.ts';

interface Props {
  readonly email: string;
  readonly password: string;
  readonly again: string;
  /** Something was sent, so what is missing may be said. */
  readonly isTried: boolean;
  readonly onPassword: (password: string) => void;
  readonly onAgain: (again: string) => void;
}

/** A new password, typed twice, with the rules beside it as they come true. */
export function NewPassword({ email, password, again, isTried, onPassword, onAgain }: Props) {
  const rules = passwordRules(password, email);
  const isWeak = rules.some(({ isMet }) => !isMet);
  return (
    <Stack gap="sm">
      <PasswordInput
        label="New password"
        autoComplete="new-password"
        required
        aria-describedby="password-rules"
        value={password}
        error={isTried && isWeak ? 'It has to keep the rules below.' : null}
        onChange={(event) => onPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the new password', tabIndex: 0 }}
      />
      <List id="password-rules" size="sm" spacing={2} listStyleType="none" aria-label="Rules for the password">
        {rules.map(({ text, isMet }) => (
          <List.Item
            key={text}
            icon={
              isMet ? (
                <IconCircleCheckFilled size={16} color="var(--mantine-color-green-7)" aria-label="Kept:" />
              ) : (
                <IconCircle size={16} aria-label="Not yet:" />
              )
            }
          >
            {text}
          </List.Item>
        ))}
      </List>
      <PasswordInput
        label="Repeat password"
        autoComplete="new-password"
        required
        value={again}
        error={isTried && again !== password ? 'The two are not the same.' : null}
        onChange={(event) => onAgain(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show it again', tabIndex: 0 }}
      />
    </Stack>
  );
}
