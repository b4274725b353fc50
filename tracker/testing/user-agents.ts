import type { Browser } from '../../schemas/index.js';

/**
 * User-Agents as they are met, most of them from the test data of uap-core and of Matomo's device
 * detector, with what sends them and the family that it counts in.
 */
export const userAgents: readonly (readonly [Browser, string, string])[] = [
  [
    'Chrome',
    'Chrome, Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  ],
  [
    'Chrome',
    'Chrome, macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  ],
  [
    'Chrome',
    'Chrome, Android, reduced',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Chrome, Android',
    'Mozilla/5.0 (Linux; Android 8.1.0; ZC554KL) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98.0.4758.87 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'InFocus M808',
    'Mozilla/5.0 (Linux; Android 12; InFocus M808) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.82 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'InFocus M810u',
    'Mozilla/5.0 (Linux; Android 4.4.2; InFocus M810u Build/KVT49L) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/30.0.0.0 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'motorola edge 30',
    'Mozilla/5.0 (Linux; Android 12; motorola edge 30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/102.0.5005.78 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'HP Chromebook, TikTok',
    'Mozilla/5.0 (Linux; Android 9; HP Chromebook x360 11 G1 EE Build/R92-13982.69.0; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/92.0.4515.131 Safari/537.36 trill_2022007050 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/20.7.5 ByteLocale/en ByteFullLocale/en Region/US',
  ],
  [
    'Chrome',
    'BlackBerry KEYone',
    'Mozilla/5.0 (Linux; Android 8.1.0; BBB100-1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.71 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Vivaldi on a Galago (nested comment)',
    'Mozilla/5.0 (Wayland; Linux x86_64; System76 Galago Pro (galp2)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.175 Safari/537.36 Ubuntu/22.04 (5.0.2497.48-1) Vivaldi/5.0.2497.48',
  ],
  [
    'Chrome',
    'Opera, Linux',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0',
  ],
  [
    'Chrome',
    'Opera, Android',
    'Mozilla/5.0 (Linux; Android 7.0; AS-5434 Build/NRD90M) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/74.0.3729.157 Mobile Safari/537.36 OPR/53.1.2569.142848',
  ],
  [
    'Chrome',
    'Opera Touch, Android',
    'Mozilla/5.0 (Linux; Android 16; SM-X115 Build/BP2A.250605.031.A3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.7632.79 Safari/537.36 OPT/2.9',
  ],
  [
    'Chrome',
    'Vivaldi, macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 11_3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.93 Safari/537.36 Vivaldi/3.7',
  ],
  [
    'Chrome',
    'Brave',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/106.0.0.0 Brave/537.36',
  ],
  [
    'Chrome',
    'Yandex, a TV',
    'Mozilla/5.0 (Linux; Android 9; YASIN 4K Android TV Build/PTO6.221014.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.134 YaBrowser/24.1.2.87 (lite) TV Safari/537.36',
  ],
  [
    'Chrome',
    'Samsung Internet',
    'Mozilla/5.0 (Linux; Android 5.0.2; SAMSUNG SM-T710 Build/LRX22G) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.5 Chrome/38.0.2125.102 Safari/537.36',
  ],
  [
    'Chrome',
    'Huawei Browser',
    'Mozilla/5.0 (Linux; Android 13; LGE-AN00; HMSCore 6.12.2.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/14.0.5.301 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Mi Browser',
    'Mozilla/5.0 (Linux; U; Android 6.0.1; ru-ru; Redmi 4 Build/MMB29M) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/61.0.3163.128 Mobile Safari/537.36 XiaoMi/MiuiBrowser/10.3.6-g',
  ],
  [
    'Chrome',
    'UC Browser',
    'Mozilla/5.0 (Linux; U; Android 7.0; en-US; HIT Q401 3G HT4039PG Build/NRD90M) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/57.0.2987.108 UCBrowser/12.9.7.1153 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'DuckDuckGo, Android',
    'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/127.0.0.0 Mobile DuckDuckGo/5 Safari/537.36',
  ],
  [
    'Chrome',
    'Firefox Focus, on a WebView',
    'Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Focus/8.0.9 Chrome/85.0.4183.127 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Meta Quest 3',
    'Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/36.6.0.9.50.692136875 Chrome/130.0.6723.191 VR Safari/537.36',
  ],
  [
    'Chrome',
    'Electron',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.61.2 Chrome/91.0.4472.164 Electron/13.5.1 Safari/537.36',
  ],
  [
    'Chrome',
    'Qt WebEngine',
    'BrightSign/8.5.53.2 (XT1144) Mozilla/5.0 (X11; Linux aarch64) AppleWebKit/537.36 (KHTML, like Gecko) QtWebEngine/5.15.2 Chrome/87.0.4280.144 Safari/537.36',
  ],
  [
    'Chrome',
    'headless Chrome',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_1) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/62.0.3202.89 Safari/537.36',
  ],
  [
    'Chrome',
    'Android WebView',
    'Mozilla/5.0 (Linux; Android 9; DV8304-C Build/PI; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/97.0.4692.98 Mobile Safari/537.36 Quick Search TV/22.01.03',
  ],
  [
    'Chrome',
    'Android WebView, old (another comment)',
    'Mozilla/5.0 (Linux; Android 6.0.1; SUGAR S9 Build/MMB29M; wv) AppleWebKit/537.36 (KHTML like Gecko) Version/4.0 Chrome/48.0.2564.116 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Facebook, Android',
    'Mozilla/5.0 (Linux; Android 5.0.2; InFocus M260 Build/LRX22G; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/43.0.2357.121 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/326.0.0.34.120;]',
  ],
  [
    'Chrome',
    'Instagram, Android',
    'Mozilla/5.0 (Linux; Android 8.1.0; NEOSR620 Build/O11019; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/73.0.3683.90 Mobile Safari/537.36 Instagram 88.0.0.14.99 Android (27/8.1.0; 320dpi; 720x1404; TeslaGroup/LUMUS; NEOSR620; NEOSR620; mt6739; ru_RU; 149350058)',
  ],
  [
    'Chrome',
    'Snapchat, Android',
    'Mozilla/5.0 (Linux; Android 12; Pixel 6 Pro Build/SQ3A.220605.009.A1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/102.0.5005.125 Mobile Safari/537.36Snapchat11.83.0.31 (Pixel 6 Pro; Android 12#8643238#32; gzip; )',
  ],
  [
    'Chrome',
    'WeChat, Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) UnifiedPCWindowsWechat(0xf2541510) XWEB/17071',
  ],
  [
    'Chrome',
    'Fire TV, Silk',
    'Mozilla/5.0 (Linux; Android 9; AFTTIFF43) AppleWebKit/537.36 (KHTML, like Gecko) Silk/102.2.1 like Chrome/102.0.5005.125 Safari/537.36',
  ],
  [
    'Chrome',
    'Fire TV, Opera TV',
    'Mozilla/5.0 (Linux; Andr0id 9; AFTANNA0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.5845.82 Safari/537.36 OPR/46.0.2207.0 OMI/4.24.1.52.AFTdev.551 HbbTV/1.5.1 (+DRM;Amazon;AFTANNA0-Xiaomi-L43M7-FVEU;0029159767172;unknown;com.amazon.m7632;) FVC/6.0 (Amazon;com.amazon.m7632;) smarttv_AFTANNA0-Xiaomi-L43M7-FVEU_Build_0029159767172_Chromium_116.0.5845.82',
  ],
  [
    'Chrome',
    'Android TV, WebView',
    'Mozilla/5.0 (Linux; Android 11; OK Google TV Build/RTM7.230903.015; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/129.0.6668.100 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Sony BRAVIA',
    'Mozilla/5.0 (Linux; Andr0id 10; BRAVIA 4K VH2) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/77.0.3865.120 Safari/537.36 OPR/46.0.2207.0 OMI/4.20.5.35.DIA6.89 HbbTV/1.5.1 ( DRM; Sony; KDL-GR1; PKG1.2175.0255EUA; ; com.sony.HE.G4.4K; )',
  ],
  [
    'Chrome',
    'Philips TV',
    'Mozilla/5.0 (X11;Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.75 Safari/537.36 HbbTV/1.6.1 (+DRM; Philips;Philips;43PUS8808/12; R.001.000.096.000; _TV_MT9972_2023;) FVC/8.0 (Philips; com.tpv-tech.TPM231WW;) LaTivu_1.0.1_2023',
  ],
  [
    'Chrome',
    'Tizen 5.5, HbbTV',
    'HbbTV/1.4.1 (+DRM;Samsung;SmartTV2020:UTU7000;T-KTSU2DEUC-0822.10;KantSU2;urn:samsungtv:familyname:KANTSU2:2020;) Tizen/5.5 (+SmartHubLink) Chromium/69 LaTivu_1.0.1_2019 VID/11',
  ],
  [
    'Chrome',
    'Tizen 6.0',
    'Mozilla/5.0 (Linux; Tizen 6.0; SAMSUNG Family Hub 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/1.0 Chrome/76.0.3809.146 Mobile Safari/537.36',
  ],
  [
    'Chrome',
    'Tizen 5.0, which says no more than its WebKit',
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/5.0 TV Safari/537.36',
  ],
  [
    'Chrome',
    'webOS 4',
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/53.0.2785.34 Safari/537.36 HbbTV/1.4.1 ( DRM; LGE; 55UK6400PLF; WEBOS4.0 05.10.45; W4_LM18A; W4_LM18A;)',
  ],
  [
    'Chrome',
    'webOS 22, which writes a zero',
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chr0me/108.0.5359.211 Safari/537.36 LG Browser/8.00.00(LGE; 50NANO81T6A; 23.20.65; 0x00000001; DTV_W24P); webOS.TV-2022; LG NetCast.TV-2013 Compatible (LGE, 50NANO81T6A, wireless)',
  ],
  [
    'Chrome',
    'VIDAA 5',
    'Mozilla/5.0 (Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0.4147.140 Safari/537.36 OPR/46.0.2207.0 OMI/4.21.4.112.Catcher4.69 Model/Hisense-MT9602 VIDAA/5.0(DYON;SmartTV;VS1032FC1;MTK9602/V0000.01.00U.N0413;HD)',
  ],
  [
    'Chrome',
    'Hisense, VIDAA 6',
    'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.182 Odin/88.4324.2.10 Safari/537.36 Model/Hisense-MT9602 VIDAA/6.0(FLEXY_HK;SmartTV;VT0675UD1;MTK9602/V0000.06.13H.O1230;UHD;VT0675UD1;)',
  ],
  [
    'Chrome',
    'Chromecast in a VIZIO',
    'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.124 Safari/537.36 CrKey/1.0.999999 VIZIO SmartCast(Conjure/MTKF-108.710.14 FW/86.710.29.1-1 Model/V4K75M-0804) CrKey/1.56.500000',
  ],
  [
    'Chrome',
    'Roku, HbbTV',
    'RokuBrowser/104.11.20 (TV-G000XHD-14.1.4.7709) Chrome/104.0.5112.70 HbbTV/1.6.1 (+DRM; METZ; 40MTD3001Z; 14.1.4.7709-104.11.20; ; com.roku.G000XHD; )',
  ],
  [
    'Chrome',
    'Googlebot',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/126.0.6478.61 Safari/537.36',
  ],
  [
    'Edge',
    'Edge, Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  ],
  [
    'Edge',
    'Edge, Android',
    'Mozilla/5.0 (Linux; Android 5.1.1; WPOS-3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/93.0.4577.82 Mobile Safari/537.36 EdgA/93.0.961.80',
  ],
  [
    'Edge',
    'Edge 12 (EdgeHTML)',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.9600',
  ],
  [
    'Edge',
    'Edge, Windows Phone',
    'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 640 LTE) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063',
  ],
  [
    'Edge',
    'Xbox Series X',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/48.0.2564.82 Safari/537.36 Edge/20.02',
  ],
  [
    'Safari',
    'Safari, macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  ],
  [
    'Safari',
    'Safari, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  ],
  [
    'Safari',
    'Chrome, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 13_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/79.0.3945.73 Mobile/15E148 Safari/604.1',
  ],
  [
    'Safari',
    'Chrome, iPad, as a desktop',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_5) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/102 Version/11.1.1 Safari/605.1.15',
  ],
  [
    'Safari',
    'Firefox, iPad',
    'Mozilla/5.0 (iPad; CPU iPhone OS 8_3 like Mac OS X) AppleWebKit/600.1.4 (KHTML, like Gecko) FxiOS/1.0 Mobile/12F69 Safari/600.1.4',
  ],
  [
    'Safari',
    'Edge, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 12_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.1 EdgiOS/44.5.0.10 Mobile/15E148 Safari/604.1',
  ],
  [
    'Safari',
    'Edge, iPad, as a desktop',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) EdgiOS/108 Version/13.0.3 Safari/605.1.15',
  ],
  [
    'Safari',
    'Opera Mini, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 7_1_1 like Mac OS X) AppleWebKit/537.51.2 (KHTML, like Gecko) OPiOS/8.0.1.80062 Mobile/11D201 Safari/9537.53',
  ],
  [
    'Safari',
    'Brave, iPad',
    'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari/604.1 (Brave)',
  ],
  [
    'Safari',
    'Aloha, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Version/17.2.1 Safari/605.1.15 AlohaBrowser/5.4.1',
  ],
  [
    'Safari',
    'Facebook, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21G93 [FBAN/FBIOS;FBAV/479.1.0.33.109;FBBV/637241220;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/17.6.1;FBSS/3;FBID/phone;FBLC/es_ES;FBOP/5;FBRV/639094949;IABMV/1]',
  ],
  [
    'Safari',
    'Instagram, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 12_4_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 105.0.0.11.118 (iPhone7,2; iOS 12_4_2; ru_RU; ru-RU; scale=2.00; 750x1334; 165586599)',
  ],
  [
    'Safari',
    'TikTok, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3.1 Mobile/15E148 Safari/604.1 musical_ly_34.3.1 JsSdk/2.0 NetType/4G Channel/App Store ByteLocale/en Region/US isDarkMode/1 WKWebView/1 RevealType/Dialog',
  ],
  [
    'Safari',
    'Line, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 9_2_1 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Mobile/13D15 Safari Line/5.10.0',
  ],
  [
    'Safari',
    'WKWebView',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  ],
  [
    'Safari',
    'Epiphany',
    'Mozilla/5.0 (Librem 5, like iPhone; X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15 Epiphany/605.1.15',
  ],
  [
    'Safari',
    'Android Browser 4.0',
    'Mozilla/5.0 (Linux; U; Android 4.0.4; hu-hu; ConCorde SmartPhone 4300 Build/IMM76D) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
  ],
  [
    'Safari',
    'BlackBerry 10',
    'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.1.0.4633 Mobile Safari/537.10+',
  ],
  [
    'Safari',
    'Tizen 2.3, which writes WebKit its own way',
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 2.3) AppleWebkit/538.1 (KHTML, like Gecko) SamsungBrowser/1.0 TV Safari/538.1',
  ],
  [
    'Safari',
    'NetCast',
    'Mozilla/5.0 (DirectFB; U; Linux armv7l; en) AppleWebKit/531.2  (KHTML, like Gecko) Safari/531.2  avdn/LG.Media-2010 avui/tv avvp/ssl avkb/mcr,B:461 avrt/html4 avst/off LG Browser/4.1.4( 3D PORTAL_KEY BDP; LGE; Media/LHB750; 23938; abc;); LG NetCast.Media-2011',
  ],
  [
    'Safari',
    'PlayStation 4',
    'Mozilla/5.0 (PlayStation 4 1.52) AppleWebKit/536.26 (KHTML, like Gecko)',
  ],
  [
    'Safari',
    'PlayStation 5',
    'Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
  ],
  [
    'Safari',
    'Nintendo Switch',
    'Mozilla/5.0 (Nintendo Switch; LoginApplet; Nintendo Switch Lite) AppleWebKit/613.0 (KHTML, like Gecko) NF/6.0.3.28.8 NintendoBrowser/5.1.0.36948',
  ],
  [
    'Safari',
    'Nintendo 3DS, like an iPhone',
    'Mozilla/5.0 (New Nintendo 3DS like iPhone) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.0.5.22 Mobile NintendoBrowser/1.10.10166.JP',
  ],
  [
    'Firefox',
    'Firefox, Linux',
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  ],
  [
    'Firefox',
    'Firefox, Android',
    'Mozilla/5.0 (Android 10; Mobile; rv:122.0) Gecko/122.0 Firefox/122.0',
  ],
  [
    'Firefox',
    'Firefox OS',
    'Mozilla/5.0 (Mobile; ALCATELOneTouch4012X/SVN 01011S; rv:18.1) Gecko/18.1 Firefox/18.1',
  ],
  [
    'Firefox',
    'Waterfox',
    'Mozilla/5.0 (X11; Linux x86_64; rv:55.0) Gecko/20100101 Firefox/55.2.2 Waterfox/55.2.2',
  ],
  [
    'Firefox',
    'Pale Moon',
    'Mozilla/5.0 (X11; Linux x86_64; rv:3.0) Gecko/20100101 Goanna/20170207 PaleMoon/27.1.0',
  ],
  [
    'Firefox',
    'SeaMonkey',
    'Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.8.1.13) Gecko/20080313 SeaMonkey/1.1.9 (Ubuntu-1.1.9+nobinonly-0ubuntu1)',
  ],
  [
    'Other',
    'Internet Explorer 9',
    'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0)',
  ],
  [
    'Other',
    'Internet Explorer 11',
    'Mozilla/5.0 (Windows NT 6.3; WOW64; Trident/7.0; ASJB; rv:11.0) like Gecko',
  ],
  [
    'Other',
    'Internet Explorer 11, Windows Phone',
    'Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; ALLVIEW; Impera S) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537',
  ],
  [
    'Other',
    'Opera Mini, Android',
    'Opera/9.80 (Android; Opera Mini/7.6.35766/35.5706; U; en) Presto/2.8.119 Version/11.10',
  ],
  [
    'Other',
    'Opera on a SHARP',
    'Opera/9.80 (Linux mips; ) Presto/2.12.407 Version/12.51 MB90/3.3.8.e (SHARP, Si2156LG32, wired) HbbTV/1.1.1 (; CUS:SHARP; MB90; 3.3.8.e; 1.0;) CE-HTML/1.0 NETRANGEMMH iplayerV3',
  ],
  [
    'Other',
    'Opera on a Humax',
    'Opera/9.80 (Linux mips; U; HbbTV/1.1.1 (; Humax; hdr1000s; 1.0.0; 1.0.0; ); ce-html/1.0; xx) Presto/2.10.250 Version/11.60',
  ],
  [
    'Other',
    'UC Browser, Java',
    'UCWEB/2.0 (Linux; U; Opera Mini/7.1.32052/30.2697; en-US; GT-S5302) U2/1.0.0 UCBrowser/9.3.0.440 Mobile',
  ],
  [
    'Other',
    'Konqueror',
    'Mozilla/5.0 (X11; Linux x86_64) KHTML/4.11.4 (like Gecko) Konqueror/4.11 Fedora/4.11.4-1.fc19',
  ],
  ['Other', 'Ladybird', 'Mozilla/5.0 (Linux; x86_64) LibWeb+LibJS/1.0 Ladybird/1.0'],
  ['Other', 'PlayStation 3', 'Mozilla/5.0 (PLAYSTATION 3; 3.55)'],
  [
    'Other',
    'Apple TV, no browser',
    'AppleCoreMedia/1.0.0.12H911 (Apple TV; U; CPU OS 8_4_4 like Mac OS X; en_us)',
  ],
  ['Other', 'Roku, no browser', 'Roku/DVP-9.10 (519.10E04111A)'],
  [
    'Other',
    'Instagram, no browser',
    'Instagram 416.0.0.47.66 Android (36/16; 306dpi; 1008x2244; Google/google; Pixel 9 Pro XL; komodo; komodo; en_US; 879745420)',
  ],
  ['Other', 'an iPad app', 'DEPoker-iPad/1.0.2 CFNetwork/548.1.4 Darwin/11.0.0'],
  ['Other', 'bingbot', 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'],
  ['Other', 'curl', 'curl/7.29.0'],
  ['Other', 'VLC', 'NEXT 2000 WiFi_VLC/3.0.14 LibVLC/3.0.14'],
  ['Other', 'Lynx', 'Lynx/2.8.8pre.3 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.0.1e'],
];
