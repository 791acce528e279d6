"""What newspapers print between and below paragraphs, in their languages: "read also", labels, box headings.

Each is asked of one short line in lower case. Structure decides first (roles, links, infoboxes); these catch
what stands in a paragraph like any other.
"""

from __future__ import annotations

import re

READ_ALSO = re.compile(
    r"^\W*(?:(?:read|see|watch|listen|also|more)\s?(?:more|also|next|here|on this|:)|related(?: (?:stor"
    r"|article|content|coverage|news|topic)\w*)?\s*(?::|$)"
    r"|don['’]t miss|(?:à )?lire (?:aussi|également)|voir aussi|lesen sie (?:auch|mehr|dazu|hier)"
    r"|mehr (?:zum thema|dazu|lesen)|lesetipp|auch interessant|lire la suite"
    r"|passend dazu|zum thema|siehe auch|lea (?:también|además)|lee (?:también|además)"
    r"|le(?:e)? puede interesar|te puede interesar|también puedes? leer|vea también|ver también"
    r"|leia (?:também|mais)|veja (?:também|mais)|saiba mais"
    r"|leggi anche|per approfondire|czytaj (?:też|także|więcej)|zobacz (?:też|także|również)|lees (?:ook"
    r"|meer|verder)|läs (?:också|även|mer)"
    r"|les også|læs også|lue myös|baca (?:juga|selengkapnya)|simak juga|xem thêm|đọc thêm|tin liên quan"
    r"|читайте (?:также|ещё)|смотрите также|по теме|ayrıca|ilgili haber|相关阅读|相关新闻|延伸阅读"
    r"|相關新聞|関連記事"
    r"|あわせて読みたい|【関連|관련기사|اقرأ أيضا|اقرأ أيضًا|อ่านเพิ่มเติม|อ่านข่าว)",
)
NOISE = re.compile(
    r"^\W*(?:advertisement|advertising|anzeige|werbung|publicité|publicidad(?:e)?|pubblicità|reklam[ay]?"
    r"|annons|annonce|iklan|quảng cáo|реклама|広告|광고|广告|إعلان|โฆษณา"
    r"|share(?: this)?(?: article| story)?(?: on| via)?.{0,30}|follow us.{0,60}|sign up (?:for"
    r"|to) .{0,160}|subscribe (?:to|now|for).{0,120}|click here to .{0,120}|skip (?:to|past"
    r"|advert).{0,60}"
    r"|continue reading.{0,80}|scroll (?:to|down).{0,40}|story continues.{0,40}|article continues.{0,40}"
    r"|loading\W*|print|comments?|(?:view|show|hide|leave a|\d+) comments?|report a (?:typo"
    r"|mistake).{0,60}"
    r"|(?:photo|image|foto|bild|picture|getty|video|watch)(?:\s*(?:credit|by|:|/)).{0,80}|©.{0,160}"
    r"|copyright ?(?:©|\d|\(c\)).{0,200}|all rights reserved.{0,80}|alle rechte vorbehalten.{0,60}"
    r"|tous droits réservés.{0,60}"
    r"|this content is reserved for.{0,80}|(?:this )?(?:article|story|material) .{0,40}(?:may not be"
    r"|first appeared|originally appeared|was originally published).{0,200}|filed under.{0,200}"
    r"|tags?\s*:.{0,200}|topics?\s*:.{0,200}|schlagw[öo]rt\w*\s*:.{0,200}"
    r"|originally published.{0,60}|last updated.{0,60}|\d+ min(?:ute)?s?(?: read)?|lesezeit.{0,30}"
    r"|quelle\s*:.{0,40}|\(?(?:dpa|afp|apa|sda|ots|kna|epd|reuters)(?:[/,-](?:\w+))*\)?|mehr anzeigen"
    r"|weiterlesen|artikel teilen.{0,40}|zurück|nach oben"
    r"|(?:an dieser stelle|hier) (?:findest|finden|steht|wird).{0,60}extern\w* inhalt.{0,240}"
    r"|(?:empfohlener )?(?:redaktioneller|externer) inhalt.{0,120}"
    r"|ich bin (?:damit )?einverstanden, dass mir.{0,240}|(?:damit )?(?:können|dürfen"
    r"|werden)?\s?personenbezogene"
    r" daten (?:können|werden|an).{0,240}|(?:to|in order to) (?:see|view|watch) this (?:content|post"
    r"|video).{0,200}"
    r"|(?:this|the following) content (?:is|was) (?:hosted|provided) by.{0,200}|ce contenu (?:provient"
    r"|est hébergé"
    r"|ne peut).{0,200}|pour (?:voir|afficher|consulter) (?:ce contenu|cette vidéo).{0,200}|para ver (?:este"
    r" contenido|este conteúdo).{0,200}|per (?:vedere|visualizzare) questo contenuto.{0,200}"
    r"|om deze inhoud te (?:zien|tonen).{0,200}|hat ihnen dieser artikel gefallen.{0,200}"
    r"|(?:vous avez aimé|si vous avez aimé) cet article.{0,200}|did you (?:like|enjoy) this (?:article"
    r"|story).{0,200}"
    r"|(?:if you buy|when you (?:buy|purchase)).{0,120}commission.{0,160}|we may (?:earn"
    r"|receive).{0,60}commission.{0,160}"
    r"|please enable javascript.{0,200}|your browser does not support.{0,100}|an error occurred.{0,100}"
    r"|invalid email.{0,60}|thank you for (?:signing|subscri).{0,100})$",
)
END = re.compile(
    r"^\W*(?:related(?: (?:stor|article|content|coverage|news|post|topic|link)\w*)?|more (?:from|on|in"
    r"|stories|news|like this|articles)\b.{0,40}|most (?:read|popular|viewed|recent)\b.{0,30}"
    r"|recommended.{0,30}|you (?:may|might) (?:also )?.{0,30}|trending.{0,20}|latest (?:news|stories"
    r"|articles|from).{0,30}|read next.{0,20}|up next|what to read next|comments?|(?:leave|post"
    r"|write) a (?:comment|reply)|join the (?:conversation|discussion).{0,20}|about the author.{0,20}"
    r"|popular.{0,20}|don['’]t miss.{0,20}|top stories.{0,20}|editors?['’]? picks?|sponsored.{0,20}"
    r"|around the web|promoted.{0,20}"
    r"|mehr (?:zum thema|aus|von|dazu|artikel|nachrichten).{0,40}|das könnte (?:sie|dich) .{0,40}"
    r"|meistgelesen.{0,30}|weitere (?:artikel|themen|meldungen|nachrichten|beiträge).{0,30}"
    r"|ähnliche .{0,30}|verwandte .{0,30}|auch interessant.{0,20}|neueste .{0,30}|kommentare?.{0,20}"
    r"|zum thema|beliebte .{0,20}|empfohlen.{0,30}|top.?themen|leserkommentare.{0,20}"
    r"|schreiben sie .{0,40}|diskutieren sie .{0,30}|passend dazu.{0,30}|newsletter.{0,30}"
    r"|lesen sie (?:auch|mehr).{0,20}"
    r"|sur le même .{0,20}|(?:à )?lire aussi.{0,20}|les plus lus.{0,20}|articles? (?:liés|similaires"
    r"|connexes|récents).{0,20}|commentaires?|dans la même .{0,20}|à la une|vous aimerez.{0,30}"
    r"|voir plus|voir aussi|plus d['’].{0,30}"
    r"|(?:noticias|artículos|notas|contenidos?) relacionad\w+.{0,20}|te puede interesar.{0,20}"
    r"|más (?:leíd\w+|noticias|información|sobre).{0,20}|lo más .{0,20}|comentarios?|también te .{0,20}"
    r"|temas relacionados|últimas .{0,20}"
    r"|(?:notícias|leia|veja|mais) .{0,10}(?:relacionadas|também|lidas).{0,20}|comentários?"
    r"|articoli correlati.{0,20}|leggi anche.{0,20}|potrebbe interessarti.{0,20}|commenti"
    r"|powiązane.{0,20}|komentarze.{0,20}|zobacz (?:także|też|również).{0,20}|czytaj (?:także|też"
    r"|więcej).{0,20}|najnowsze.{0,20}|polecane.{0,20}"
    r"|lees ook.{0,20}|meer (?:over|nieuws).{0,20}|läs (?:mer|också|även).{0,20}|les også.{0,20}"
    r"|læs også.{0,20}|mer om.{0,20}|ilgili haberler.{0,20}|yorumlar.{0,20}|çok okunan.{0,20}"
    r"|читайте также.{0,20}|по теме.{0,20}|комментарии.{0,20}|tin (?:liên quan|cùng|mới|khác|đọc).{0,30}"
    r"|bình luận.{0,20}|xem thêm|baca juga.{0,20}|berita (?:terkait|terkini|populer).{0,20}"
    r"|komentar.{0,20}|関連.{0,20}|あわせて.{0,20}|おすすめ.{0,20}|人気.{0,20}|相关.{0,20}|相關.{0,20}|延伸阅读|热门.{0,20}"
    r"|관련.{0,20}|인기.{0,20}|댓글.{0,20})\W*$",
)
