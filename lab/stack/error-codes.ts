/** What the lab's own programs fail with, beside the product's codes. */
export type LabErrorCode =
  | 'admin_failed'
  | 'clients_missing'
  | 'command_failed'
  | 'command_missing'
  | 'folder_in_use'
  | 'graphite_migrate_failed'
  | 'haproxy_missing'
  | 'haproxy_reload_failed'
  | 'jars_missing'
  | 'java_missing'
  | 'kafka_format_failed'
  | 'no_disk'
  | 'no_free_port'
  | 'no_history'
  | 'no_such_broker'
  | 'not_built'
  | 'not_joined'
  | 'not_ready'
  | 'not_slow'
  | 'openssl_failed'
  | 'packages_missing'
  | 'portal_refused'
  | 'process_not_ready'
  | 'spawn_failed'
  | 'stack_incomplete'
  | 'stopped'
  | 'too_late'
  | 'viewers_missing';

declare module '../../service/error-codes.js' {
  interface ErrorCodesOf {
    readonly lab: LabErrorCode;
  }
}
