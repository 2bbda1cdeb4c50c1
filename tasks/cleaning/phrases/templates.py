"""Marks of page templates: roots of breadcrumbs, site icons, switches of the mobile version."""

from __future__ import annotations

from tasks.cleaning.phrases.pattern import alternatives, whole

BREADCRUMB_ROOT = alternatives(
    r"""
    home|home ?page|homepage|main page|front page|start|startseite|startsida|startside
    accueil|page d'accueil|inicio|portada|página principal|início|página inicial
    capa|pagina iniziale|voorpagina|forside|etusivu|strona główna|domů|úvod|anasayfa
    ana sayfa|главная|головна|होम|ホーム|トップ|홈|首页|首頁|الرئيسية|trang chủ|beranda
    """
)
"""What the first step of a breadcrumb is called."""

SITE_ICON = alternatives(
    r"""
    site icon|website[ -]icon|website-symbol|icône du site|icono del sitio|icona del sito
    ícone do site|(web)?site-?pictogram
    """
)
"""The alternative text that AMP reader templates give the icon, before the site's name."""

MOBILE_SWITCH = whole(
    r"""
    (exit|leave|close) (the )?mobile version
    (go to|view|switch to) (the )?(mobile|desktop|full) (version|site)
    (die )?mobile (version|ansicht) (verlassen|beenden|schließen)
    zur (mobilen|desktop)[ -]?version
    quitter la version mobile
    (voir|passer à) la version (mobile|complète|bureau)
    salir de la versión (móvil|para móviles)
    ver (la )?versión (móvil|de escritorio|completa)
    esci dalla versione mobile
    (vai alla|passa alla) versione (mobile|desktop|completa)
    sair da versão (mobile|móvel|para dispositivos móveis)
    ver versão (mobile|completa)
    (de )?mobiele versie (verlaten|sluiten|afsluiten)
    """
)
