import { Option, type Command } from 'commander';
import { Type, type Static, type TProperties, type TObject } from 'typebox';
import { checkedSettings } from '../service/config.js';
import { isSecret, secretFileKeys } from '../service/secret-files.js';

/**
 * Gives a command options of the services' own settings: by their names, from the environment as
 * services have them, secrets from files too. Help doesn't show the option of a secret itself,
 * which whoever lists processes would read.
 */
export function addSettings(command: Command, settings: TProperties): void {
  for (const name of namesOf(settings)) {
    const flag = `--${name.replaceAll('_', '-')}`;
    const option = new Option(`${flag} <value>`, `as the services' setting ${name}`)
      .env(`VIBLAST_${name.toUpperCase()}`)
      .hideHelp(isSecret(settings[name]));
    command.addOption(option);
  }
}

/**
 * The settings that the options say, with defaults, checked as services check them. Throws a
 * StartError (configuration) that names what is wrong.
 */
export function settingsOf<Settings extends TProperties>(
  options: object,
  settings: Settings,
): Static<TObject<Settings>> {
  const given = namesOf(settings).flatMap((name) => {
    const value: unknown = Reflect.get(options, camelCase(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  return checkedSettings(Type.Object(settings), Object.fromEntries(given));
}

function namesOf(settings: TProperties): string[] {
  return [...Object.keys(settings), ...secretFileKeys(settings)];
}

/** As commander names what an option says. */
function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}
