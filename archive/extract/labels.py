"""Words by which a credit is known: its labels in some fifty languages, agencies, particles of names.

Labels are looked up word by word in lower case, so that a long list costs no more than a short one. Scripts
without spaces have labels that end or begin a run of characters instead.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PICTURE = _words("""
    photo photos photograph photographs photographer photographers photography pic pics picture pictures
    image images img photographie photographies photographe imagen imágenes fotografía foto fotos
    fotógrafo imagem imagens fotografia immagine immagini fotografo imatge fotògraf foto's fotograaf
    beeld beelden afbeelding fotograf fotografen fotokredit fotocredit fotoquelle fotonachweis bild
    bilder bildquelle bildnachweis bildrechte bildcredit bildagentur bilderquelle bildautor titelbild
    titelfoto symbolbild symbolfoto archivbild archivfoto pressefoto pressebild dateibild beispielbild
    billede billeder bilde fotografi mynd myndir ljósmynd ljósmyndari kuva kuvat valokuva valokuvat
    valokuvaaja kuvaaja fotot argazkia argazkiak fotoja zdjęcie zdjęcia zdj zdj. fot fot. snímek snímka
    fotka fotky fotografie fotografija nuotrauka nuotr. attēls fotó fotók kép képek fotoğraf fotoğraflar
    fotoğrafı foto/video foto-video ph ph. фото фотограф фотографія фотография фото/видео снимка снимки
    зображення светлина фотографија слика сурет сүрөт зураг φωτ φωτ. φωτο φωτό φωτογραφία φωτογραφίες
    φωτογράφος εικόνα ფოტო լուսանկարը լուսանկար צילום צילומים תמונה صورة الصورة صور تصوير عدسة عکس عکاس
    تصویر تصاویر فوٹو फोटो फ़ोटो तस्वीर तस्वीरें तस्बिर छवि इमेज ছবি ছবিঃ ফটো ફોટો ਫੋਟੋ படம் புகைப்படம்
    ఫొటో ఫోటో ಚಿತ್ರ ಫೋಟೋ ചിത്രം ảnh hình gambar picha isithombe izithombe imifanekiso umfanekiso hoto hoton
    sawirka sawir larawan
""")
"""Words for a picture: before a name they are a label even without a colon."""
SOURCE = _words("""
    credit credits credit(s) copyright courtesy source sources author rights illustration illustrations
    graphic graphics infographic montage collage screenshot handout archive archives video cartoon
    render rendering crédit crédits courtoisie infographie vidéo carte capture auteur crédito créditos
    cortesía gentileza cedida fuente fuentes autor autora ilustración infografía vídeo archivo
    crediti credito fonte
    fonti autore illustrazione infografica archivio cortesia ilustração reprodução divulgação arquivo
    crèdit font bron illustratie quelle quellen urheber rechte rechteinhaber grafik infografik
    fotomontage bildmontage karte archiv videostill videostandbild standbild zeichnung karikatur
    visualisierung reproduktion repro kredit kilde källa källor arkiv arkivfoto skärmdump skärmbild
    skjermbilde heimild skjáskot lähde allikas avots šaltinis źródło źródła zdroj zdroje izvor vir sursa
    sursă forrás kaynak kaynağı görüntüsü burimi iturria источник иллюстрация изображение коллаж
    скриншот автор джерело ілюстрація извор източник πηγή πηγές წყარო աղբյուր קרדיט מקור المصدر مصدر
    منبع ماخذ स्रोत स्त्रोत सोर्स साभार सौजन्य সূত্র সৌজন্যে மூலாதாரம் సోర్స్ nguồn họa hoạ chụp liệu
    cấp sumber dok dok. dokumentasi ilustrasi chanzo asalin xigashada pinagmulan
""")
"""Words for who made or owns it, and for things other than photos: a label only before a colon."""
LABELS = PICTURE | SOURCE
ALONE = PICTURE | _words("credit copyright courtesy crédit crédits")
"""Labels that need no colon before a name in capitals."""
BETWEEN = _words("""
    de des du di da do del della la le les l by of from per par por von van av af cha cu the die der /
    via minh màn hình tư cung ekran d'archives d’archives d'archive d’archive d'illustration
    d’illustration d'archivio dell'archivio
""")
"""What may stand inside a label ("crédit de la photo", "ảnh minh họa")."""
BY = _words("by of de par por von van di av af")
RUN_TOGETHER = (
    "图片来源", "圖片來源", "图片提供", "圖片提供", "资料来源", "資料來源", "照片来源", "照片來源",
    "图源", "圖源", "图片", "圖片", "照片", "来源", "來源", "摄影", "攝影", "摄", "攝", "图", "圖",
    "写真提供", "画像提供", "写真", "画像", "撮影", "提供", "画像出典", "出典", "出所", "사진제공",
    "사진출처", "사진", "출처", "자료사진", "자료", "그래픽", "이미지", "촬영", "ที่มาของภาพ",
    "ที่มาภาพ", "ที่มา", "เครดิตภาพ", "เครดิต", "ขอบคุณภาพจาก", "ภาพประกอบ", "ภาพจาก", "ภาพ", "ຮູບ",
    "រូបភាព", "រូប", "ဓာတ်ပုံ", "ပုံ",
)  # fmt: skip
"""Labels of scripts without spaces, the longer before the shorter."""
SUFFIX = re.compile(
    r"[\s/／|]{0,4}(?:摄影报道|摄影|攝影|摄|攝|(?<![でにらを日月年前後])撮影|(?<![でにらをがの])提供|촬영"
    r"|(?<=\w\s)(?:제공|기자)|\bnuotr\.?)$"
)
"""Labels that stand behind the name."""
SIGNED = re.compile(
    r"(?<=\s)(?:[\u4e00-\u9fff]{0,8}(?:记者|記者|通讯员)\s?)?[\u4e00-\u9fff]{2,4}(?:\s?[摄攝]|\s[图圖])$"
)
"""A Chinese photographer behind a space, where the caption has no full stop."""
RESERVED = re.compile(
    r"[\s|/–—.·-]+(?:riproduzione riservata|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|todos os direitos reservados)\.?$",
    re.IGNORECASE,
)
"""What names no one."""
NO_CREDIT = re.compile(
    r"(?:(?:symbol|archiv|datei|file|stock|arkiv|themen|beispiel)[\s-]?(?:bild|foto|photo|image|picture|aufnahme)s?"
    r"|illustration|archiv|archives?|foto de archivo|imagen de archivo|أرشيفية|أرشيف|資料写真|资料图片?"
    r"|資料圖片?|资料照片?|자료사진|links|rechts|mitte|left|right|centre|center|gauche|droite)$",
    re.IGNORECASE,
)
"""What stands in brackets at the end of a caption and says how the picture is meant or who is where in it."""
AGENCIES = _words("""
    AFP AP Reuters REUTERS dpa DPA EPA EFE Efe EPA-EFE EFE-EPA VNA TTXVN CVN Xinhua Getty GETTY ANSA
    Ansa Keystone KEYSTONE Imago IMAGO imago PA PAP ANP APA NTB Scanpix Ritzau Lehtikuva TT Sipa SIPA
    SIPAUSA Abaca ABACA MAXPPP Maxppp Shutterstock SHUTTERSTOCK Shutterstock.com iStock iStockphoto
    Unsplash Pixabay Pexels Alamy ALAMY Bloomberg TASS Anadolu ANADOLU AA Yonhap Kyodo Jiji CTK ČTK
    WireImage ZUMA Zuma ZUMAPRESS UPI NASA Wikimedia Wikipedia Facebook Twitter Instagram YouTube Rex
    REX LaPresse PTI ANI Antara ANTARA Bernama BERNAMA Belga BELGA BELGAIMAGE NurPhoto Sputnik
    Cuartoscuro MTI Agerpres Hina HINA Pixsell PIXSELL Cropix Tanjug Profimedia Folhapress Lusa LUSA
    Ukrinform KCNA VCG CFP Bestimage BESTIMAGE DPPI Photonews Adobe Depositphotos Dreamstime Freepik
    Canva Flickr USGS NOAA AAP Contrasto Imagoeconomica Notimex EXPA SDA ATS Newscom Polaris Redux
    Backgrid BACKGRID Caters SWNS ТАСС
""")
"""Agencies, stock libraries and platforms, as credits write them."""
LONG_AGENCIES = frozenset(name.casefold() for name in AGENCIES if len(name) > 6)
"""Those that are no common words in any spelling."""
AGENCIES_OF_TWO = frozenset({
    "picture alliance", "Picture Alliance", "Hans Lucas", "USA TODAY", "Europa Press",
    "Associated Press", "Agence France-Presse", "Canadian Press", "РИА Новости",
    "Press Association", "The Associated", "أ ف", "د ب", "Visual China",
})  # fmt: skip
AGENCIES_RUN_TOGETHER = (
    "新华社", "新華社", "中新社", "中央社", "共同", "時事", "ロイター", "연합뉴스", "뉴시스",
    "뉴스1", "越通社", "رويترز", "الأناضول", "فرانس برس",
)  # fmt: skip
PARTICLES = _words("""
    von van der den de del della di da do dos das du des la le les el al bin ibn ben y e et und and och
    og for on via mit with in of the zu zum am im by per para pour i a picture alliance images
""")
"""Words in small letters that stand in names."""
ABBREVIATIONS = _words("""
    dr prof st mr mrs ms jr sr gen sen rep gov col sgt lt capt hon inc ltd co corp no nr vs jan feb mar
    apr jun jul aug sept sep oct nov dec mme mlle ing dipl bzw ca etc mgr tp hcm ông bà ul zw str insp
    supt pvt cpl maj adm cmdr fr rev messrs fot phot zdj ph
""")
"""Words whose full stop ends no sentence."""
