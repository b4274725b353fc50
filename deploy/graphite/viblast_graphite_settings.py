"""graphite-web for Viblast: GRAPHITE_SETTINGS_MODULE=viblast_graphite_settings, this folder in PYTHONPATH."""

import os

_storage = os.environ.get('GRAPHITE_STORAGE_DIR', '/var/lib/graphite')

SECRET_KEY = os.environ['GRAPHITE_SECRET_KEY']
ALLOWED_HOSTS = ['*']
TIME_ZONE = 'UTC'
LOG_ROTATION = False
LOG_FILE_INFO = LOG_FILE_EXCEPTION = LOG_FILE_CACHE = LOG_FILE_RENDERING = '-'
GRAPHITE_ROOT = '/usr/share/graphite-web'
STATIC_ROOT = '/usr/share/graphite-web/static'
CONF_DIR = os.environ.get('GRAPHITE_CONF_DIR', '/etc/graphite')
STORAGE_DIR = _storage
LOG_DIR = os.path.join(_storage, 'log', 'webapp')
INDEX_FILE = os.path.join(_storage, 'index')
WHISPER_DIR = os.path.join(_storage, 'whisper')
STANDARD_DIRS = [WHISPER_DIR]
# What carbon has not written yet is asked of carbon itself.
CARBONLINK_HOSTS = ['127.0.0.1:%s:a' % os.environ.get('CARBON_QUERY_PORT', '7002')]
CARBONLINK_TIMEOUT = 5.0
STORAGE_FINDERS = ['viblast_finder.Finder']
# Longer than whoever asks waits (graphite_timeout_ms): its own limits are 3 and 6 seconds.
FIND_TIMEOUT = FETCH_TIMEOUT = 120.0
CARBON_METRIC_INTERVAL = 0
# A minute may be corrected: nothing that was answered once is kept.
MEMCACHE_HOSTS = []
FIND_CACHE_DURATION = DEFAULT_CACHE_DURATION = 0
DEFAULT_XFILES_FACTOR = 0
FUNCTION_PLUGINS = []
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': os.path.join(_storage, 'graphite.db'),
        'USER': '',
        'PASSWORD': '',
        'HOST': '',
        'PORT': '',
    }
}
