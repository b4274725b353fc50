import { Type } from 'typebox';
import { commonSettings, loadSettings } from '../../service/config.js';
import type { ServicePaths } from './layout.js';

const tokenSetting = Type.Object({ admin_token: commonSettings.admin_token });

/** A service's `admin_token`; empty where it has none, or none that we may read. */
export function adminTokenOf({ service, configPath }: ServicePaths): string {
  try {
    const source = { configPath, environment: process.env, passesOverOthers: true };
    return loadSettings(service, tokenSetting, source).admin_token;
  } catch {
    // What is wrong with its settings the service says itself when it starts.
    return '';
  }
}
