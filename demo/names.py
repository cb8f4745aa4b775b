"""Common Nordic names, streets and towns. Combined at random: nobody in particular is meant."""

from typing import NamedTuple


class Country(NamedTuple):
    code: str
    phone: str  # a format no operator can assign: a national number never starts with 0
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    companies: tuple[str, ...]


DENMARK = Country(
    code="DK",
    phone="+4500{:06d}",
    first=tuple(
        "Anne Søren Mette Kirsten Bjørn Åse Lærke Troels Signe Rasmus Sofie Mikkel Inger Preben Maja Asger Øjvind "
        "Birgitte Kåre Ditte Esben Gitte Hjalte Ida Jens Karla Lasse Malene Niels Oskar Pernille Rikke Svend Tove Ulla "
        "Viggo Ylva Zenia Günther Renée".split()
    ),
    last=tuple(
        "Nielsen Sørensen Møller Kjær Østergaard Nørgaard Åkjær Bæk Søndergaard Lund Holm Skov Dam Krogh Vestergaard "
        "Bruun Lauridsen Thygesen Munch Hjorth Juhl Ravn Toft Winther Løkke O'Brien D'Angelo Smith-Ørsted".split()
    ),
    streets=tuple(
        "Birkevej Rådhusgade Ærøvej Øster_Allé Skovbrynet Kløvermarken Nørre_Søgade Møllevænget Åboulevarden "
        "Lærkestien Hovedgaden Sankt_Jørgens_Vej Havnegade Engdraget".split()
    ),
    towns=(
        ("1620", "København V"),
        ("2620", "Albertslund"),
        ("3000", "Helsingør"),
        ("4000", "Roskilde"),
        ("4300", "Holbæk"),
        ("5000", "Odense C"),
        ("6000", "Kolding"),
        ("6400", "Sønderborg"),
        ("7100", "Vejle"),
        ("7150", "Barrit"),
        ("8000", "Aarhus C"),
        ("8700", "Horsens"),
        ("9000", "Aalborg"),
        ("9900", "Frederikshavn"),
        ("5970", "Ærøskøbing"),
    ),
    companies=(
        "Nordlys Kontor ApS",
        "Hansen & Sønner I/S",
        "100% Møbler ApS",
        "Lager_Plus A/S",
        "Børnehaven Mælkevejen",
        "Å-Huset ApS",
        "Tømrer O'Neill ApS",
        "Vestkystens Værksted A/S",
        "Skolen ved Søen",
        "Fjord Logistik A/S",
    ),
)

SWEDEN = Country(
    code="SE",
    phone="+46000{:06d}",
    first=tuple(
        "Anna Björn Åsa Östen Märta Håkan Elin Göran Ingrid Jörgen Kerstin Lars Maja Nils Olle Pär Rut Sven Tyra Ulf "
        "Vilgot Wilma Ylva Ängla Örjan Signe Måns Frida Gösta Hjördis Isak Johanna Kjell Linnéa Torbjörn".split()
    ),
    last=tuple(
        "Andersson Öberg Åkesson Lindström Sjögren Nyström Bäck Hägg Löfgren Ekman Ström Dahlström Wåhlin Björk Forsén "
        "Ahlgren Norén Källström Sundqvist Öst Ångström Hedén Lindén Mårtensson Rönn O'Hara D'Souza Palm-Ödmann".split()
    ),
    streets=tuple(
        "Storgatan Björkvägen Åkervägen Östra_Långgatan Kyrkogatan Sjötullsgatan Ängsvägen Fågelstigen "
        "Hamngatan Köpmansgatan Smedjegatan Älgvägen".split()
    ),
    towns=(
        ("301 82", "Halmstad"),
        ("111 20", "Stockholm"),
        ("211 22", "Malmö"),
        ("411 06", "Göteborg"),
        ("581 02", "Linköping"),
        ("702 11", "Örebro"),
        ("722 13", "Västerås"),
        ("831 30", "Östersund"),
        ("903 25", "Umeå"),
        ("972 31", "Luleå"),
        ("621 57", "Visby"),
        ("252 20", "Helsingborg"),
    ),
    companies=(
        "Norrsken Kontor AB",
        "Lindberg & Söner HB",
        "100 % Återbruk AB",
        "Lager_Väst AB",
        "Förskolan Ängen",
        "Åre Verkstad AB",
        "Smedjan O'Connor AB",
        "Ö-Vik Logistik AB",
        "Skolan vid Sjön",
        "Halmstad Inredning AB",
    ),
)

NORWAY = Country(
    code="NO",
    phone="+4700{:06d}",
    first=tuple(
        "Anne Bjørn Åse Øyvind Gro Håkon Ingrid Jørn Kari Leif Marit Nils Ole Pål Ragnhild Sigrid Tor Unni Vår Ylva "
        "Guðrún Sæbjørg Erlend Eirik Frøydis Geir Hanne Idunn Kjersti Lasse Målfrid Odd".split()
    ),
    last=tuple(
        "Hansen Øverland Ås Bjørnstad Dahl Eide Fjellstad Grønli Haugen Iversen Kvåle Lien Moen Næss Ødegård Pettersen "
        "Rønning Solberg Tørnquist Ulvestad Vik Ytterdal Æsøy Åmot Jónsson Ásgeirsdóttir O'Leary D'Amico".split()
    ),
    streets=tuple(
        "Storgata Strandveien Bjørkelia Åsveien Øvregaten Kirkeveien Fjordgata Sætervegen Nygårdsgaten "
        "Myrveien Havnegata Lærdalsveien".split()
    ),
    towns=(
        ("1366", "Lysaker"),
        ("0105", "Oslo"),
        ("5003", "Bergen"),
        ("7010", "Trondheim"),
        ("4006", "Stavanger"),
        ("9008", "Tromsø"),
        ("6002", "Ålesund"),
        ("8006", "Bodø"),
        ("3015", "Drammen"),
        ("4836", "Arendal"),
        ("2815", "Gjøvik"),
        ("6800", "Førde"),
    ),
    companies=(
        "Fjordkafé AS",
        "Nordlys Bakeri AS",
        "100% Frisør AS",
        "Bar_Øst AS",
        "Kiosken på Hjørnet ENK",
        "Ås Blomster AS",
        "O'Leary Pub AS",
        "Sæterkroa AS",
        "Øya Sykkel AS",
        "Vår & Sønn DA",
    ),
)
