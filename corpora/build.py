"""Derive the word lists and running text of ``corpora/`` from the packages they come from, and write the manifest.

    python corpora/build.py --tesseract DIR --wamerican DIR --konlpy DIR --hanja FILE
    python corpora/build.py --manifest

``DIR`` are Debian packages unpacked with ``dpkg -x`` (``tesseract-ocr-kor`` 1:4.1.0-2, ``wamerican`` 2020.12.07-2) and
PyPI's ``konlpy`` 0.6.0 wheel unpacked as a zip; ``FILE`` is libhangul's ``hanja.txt`` or a table ``reading<TAB>hanja``.
Each option makes only its own files. The programs ``combine_tessdata`` and ``dawg2wordlist`` (Debian's
``tesseract-ocr``) take the Korean words out of the trained data; nothing else runs outside Python.

The rules are below as data: what is offensive, who is a person, what is a fragment. They are applied in order and the
counts are printed, so that a reader can see what each took away. ``--manifest`` rewrites the digests of
``manifest.toml`` for the files as they stand; an entry whose ``file`` is a folder covers every file under it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent


def _list(text: str) -> tuple[str, ...]:
    """Return the words of a text: long lists read better without quotes and commas."""
    return tuple(text.split())


# One-syllable words that stand alone in print; the dawg's other single syllables are fragments.
SINGLES = _list(
    "각 값 강 개 것 곧 곳 공 국 군 굴 귀 귤 그 글 금 길 김 꼭 꽃 꿀 꿈 끝 날 남 낮 너 넋 논 놀 눈 늘 다 "
    "단 달 담 답 닭 당 더 덫 덕 독 돈 돌 돔 돛 두 둑 뒤 들 등 딸 땀 땅 때 떡 또 뜻 뜰 띠 막 만 말 맛 매 "
    "면 명 몇 모 목 몫 몸 못 무 문 물 및 밀 밑 밖 반 발 밤 밥 방 밭 배 뱀 벌 범 법 벼 벽 별 병 볕 본 봄 "
    "북 불 붓 비 빗 빚 빛 빵 뺨 뼈 뿔 산 살 삶 삼 삽 상 새 색 샘 설 섬 성 셈 소 속 손 솔 솜 솥 쇠 수 술 "
    "숨 숯 숲 쉬 시 신 실 쌀 쑥 씨 안 알 앞 약 양 억 얼 역 연 열 엿 영 옆 예 옷 옻 왕 왜 외 요 용 우 원 "
    "윷 은 음 응 이 인 일 입 잎 자 잔 잘 잠 장 재 저 적 전 절 점 정 젖 제 조 종 좀 죄 죽 줄 중 쥐 즉 지 "
    "직 집 짚 짝 쪽 찜 차 참 창 책 척 천 첫 청 체 초 총 춤 층 침 칠 칡 칼 코 콩 키 탑 탓 터 턱 털 톱 통 "
    "틀 틈 팀 파 판 팔 팥 패 펜 편 폐 폭 표 풀 품 피 필 한 함 합 핵 향 혀 형 호 혼 홀 화 활 회 후 흙 흠 "
    "힘"
)

OFFENSIVE_KO = _list(
    "씨발 씨팔 시발 시팔 씹 병신 븅신 좆 존나 졸라 지랄 염병 개새 새끼 쌍놈 쌍년 잡년 잡놈 썅 미친 또라이 "
    "변태 섹스 섹시 섹파 포르노 야동 야설 음란 음부 음모 음경 성기 성교 성매매 성폭 성추행 성희롱 강간 "
    "윤간 창녀 창년 매춘 자위행위 자위하 오르가 사정액 정액검 페니스 콘돔 누드 노출증 유두 젖꼭지 항문 "
    "똥구 보짓 자짓 빨갱 쪽바리 짱깨 짱꼴 깜둥 튀기놈 병자놈 지진아 장애자 벙어리 절름발 난쟁이 년놈 놈들 "
    "노망 따먹 딸딸이 애널 야겜 에로 원조교제 유흥 룸살롱 자살 살인마 토막살 마약 도박 바카라 카지노 토토 "
    "경마 성인물 성인용 수간 근친 매음 몰카 벗기 벗겨 발정 발기 불륜 콜걸 조루 정력 성욕 성감 육봉 김치녀 "
    "된장녀 한남충 맘충 급식충 틀딱 홍어 전라디언 개독 일베 메갈 쓰레기 개쓰 찌질 닥쳐 꺼져 뒈져 뒈지 "
    "디져 엿먹 호로 후레 비아그라 시알리스 테러리스트 나치 히틀러"
)
OFFENSIVE_KO_EXACT = frozenset(
    _list("보지 자지 자위 사정 정액 년이 놈이 놈의 개년 잡것 계집 계집애 고자 변소 섹 뽕 떡치 가슴녀 엉덩이녀")
)

SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소"
    "석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
# Surnames that begin few common nouns: with two syllables of given names after them, a word is a person.
TELLING_SURNAMES = frozenset("김박최윤황권홍송류임곽")
GIVEN_SYLLABLES = frozenset(
    "영정진수성현희기경민호동지재태미원용석종준상철선우인주규형식은연환숙훈윤승혜유창대일하한화국욱자아명광도세병홍란균효해조"
    "순치보길옥나록범건근서구덕래심택봉오웅섭찬복완춘삼학흥운걸갑표신탁빈혁림린애월례헌채향별슬겸엽필섬솔"
)
NOUNS_LIKE_NAMES = frozenset(
    _list(
        "김장철 김치국 박하유 박사후 박진감 최상위 최하위 최우선 최대한 최대치 최소화 최신식 최신형 최신화 "
        "최종안 최상급 최고도 최고위 윤리적 윤활유 황인종 황금기 황금빛 황사철 황하강 홍보용 홍보물 홍수기 "
        "홍인종 송유관 송수신 송수화 임기응 임대료 임대인 임대용 임상의 임원진 임기제 권위적 권유형 임진왜 "
        "임시직"
    )
)
KNOWN_PEOPLE = _list(
    "이명박 노무현 박정희 박근혜 김대중 김영삼 전두환 노태우 이승만 윤보선 최규하 문재인 윤석열 이재명 "
    "이회창 정동영 손학규 김정일 김정은 김일성 이건희 이재용 정몽구 정몽준 정주영 이병철 안철수 유시민 "
    "김연아 박지성 손흥민 이효리 유재석 강호동 신동엽 이승엽 박찬호 류현진 추신수 반기문 한명숙 이해찬 "
    "홍준표 오세훈 박원순 나경원 황우석 신정아 장자연 최진실 조용필 서태지 배용준 이영애 전지현 송혜교 "
    "김태희 현영 이나영 장동건 원빈 김구라 노홍철 정형돈 박명수 하하 이순재 정준하 이천희 이명 진중권 "
    "강금실 정운찬 조갑제 전여옥 심상정 노회찬 권영길 문국현 이인제 김문수 오바마 부시 힐러리 클린턴 푸틴 "
    "고이즈미 아베 후진타오 시진핑 트럼프"
)

# A word that is found with three of these after it is a verb's stem, not a word.
VERB_ENDINGS = _list("고 는 면 지 기 게 며 여 자 려고 니 다 어 아 었다 았다")

OFFENSIVE_EN = re.compile(
    r"fuck|shit|cunt|bitch|bastard|whore|slut|nigg|negro|fag|dyke|kike|spic$|spics|chink|gook|wop$|wops|wetback|honky|honkie|cracker"
    r"|darkie|redskin|squaw|coolie|gypsy|gyps|retard|cripple|spaz|dago|jap$|japs$|kraut|paddy|papist|porn|rape|rapis|raping|sex|"
    r"penis|vagin|clit|orgas|erotic|masturb|fellat|cunnil|sodom|bugger|incest|pedophil|prostit|brothel|harlot|strumpet|hooker|pimp"
    r"|tits?$|titty|titties|boob|dick|cock|prick|pussy|pussies|ass$|asses$|arse|asshole|anal|anus|turd|crap|piss|fart|poop|damn|goddam"
    r"|wank|jism|semen|sperm|scrot|testic|condom|dildo|nude|nazi|hitler|terroris|suicid|murder|genocid|lynch|slave|molest|heroin|cocain"
)


def korean_words(tesseract: Path, singles: Iterable[str] = SINGLES) -> list[str]:
    """Return the dawg's words without offence, names of people and fragments, sorted."""
    data = tesseract / "usr/share/tesseract-ocr/5/tessdata/kor.traineddata"
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/kor."
        subprocess.run([_program("combine_tessdata"), "-u", str(data), prefix], check=True, capture_output=True)
        subprocess.run(
            [_program("dawg2wordlist"), f"{prefix}lstm-unicharset", f"{prefix}lstm-word-dawg", f"{prefix}words"],
            check=True,
            capture_output=True,
        )
        words = set(Path(f"{prefix}words").read_text(encoding="utf-8").split())
    print(f"dawg: {len(words):,} words")
    words = {w for w in words if re.fullmatch("[가-힣]{2,9}", w) and _in_ks1001(w)}
    print(f"two syllables and more: {len(words):,}")
    words = {w for w in words if w not in OFFENSIVE_KO_EXACT and not any(stem in w for stem in OFFENSIVE_KO)}
    print(f"inoffensive: {len(words):,}")
    people = _people(words)
    words = {w for w in words if w not in people and w[:3] not in people and not w.startswith(tuple(KNOWN_PEOPLE))}
    print(f"without people: {len(words):,}")
    fragments = {w for w in words if w + "던" in words or sum(w + end in words for end in VERB_ENDINGS) >= 3}
    fragments |= {w for w in words if w[-1] in "겠습였었았했됐갔왔" or w[0] in "었았겠"}
    fragments |= {w for w in words if w[-1] in "하되" and (w + "는" in words or w + "고" in words or w + "다" in words)}
    fragments |= {w for w in words if w.endswith(("스런", "니다")) and len(w) == 2}
    words -= fragments
    print(f"without verb stems: {len(words):,}")
    return sorted(words | set(singles))


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise SystemExit(f"{name}: not found; install Debian's tesseract-ocr.")
    return path


def _in_ks1001(word: str) -> bool:
    try:
        word.encode("euc-kr")
    except UnicodeEncodeError:
        return False
    return True


def _people(words: set[str]) -> set[str]:
    """Return the three-syllable words that are a surname and a given name.

    A pair of syllables is a given name when it follows two surnames, one of them telling; after a telling surname any
    two syllables of given names are one.
    """
    surnames = defaultdict(set)
    for word in words:
        if len(word) == 3 and word[0] in SURNAMES:
            surnames[word[1:]].add(word[0])
    given = {
        pair
        for pair, seen in surnames.items()
        if len(seen) >= 2 and seen & TELLING_SURNAMES and GIVEN_SYLLABLES.issuperset(pair)
    }
    return {
        word
        for word in words
        if len(word) == 3
        and word[0] in SURNAMES
        and (word[1:] in given or (word[0] in TELLING_SURNAMES and GIVEN_SYLLABLES.issuperset(word[1:])))
    } - NOUNS_LIKE_NAMES


def english_words(wamerican: Path) -> list[str]:
    """Return SCOWL's words in ASCII without possessives, offence, names and abbreviations, sorted."""
    words = (wamerican / "usr/share/dict/american-english").read_text(encoding="utf-8").split()
    plain = {w for w in words if re.fullmatch(r"[a-z]{2,14}", w) and not OFFENSIVE_EN.search(w)}
    # Most entries of two letters are abbreviations (ml, rd): the true words are few enough to name.
    short = _list("a ad ah am an as at be by do go he hi if in is it me my no of oh on or ox so to up us we")
    return sorted({w for w in plain if len(w) > 2} | set(short))


def constitution(konlpy: Path) -> str:
    """Return the Constitution in the form of a template file: chapters as headlines, articles' sentences as body."""
    text = (konlpy / "konlpy/data/corpus/kolaw/constitution.txt").read_text(encoding="utf-8")
    headlines: list[str] = ["대한민국헌법"]
    sentences: list[str] = []
    for line in text.splitlines():
        line = " ".join(line.split())
        if re.match(r"제\d+[장절관] ", line):
            headlines.append(line)
            continue
        line = re.sub(r"^제\d+조(의\d+)? ?", "", line)
        line = re.sub(r"^[①-⑳] ?|^\d+\. ", "", line)
        if line.endswith("다.") and len(line) <= 400:
            sentences.extend(re.findall(r".+?다\.(?= |$)", line))
    sentences = list(dict.fromkeys(s.strip() for s in sentences))
    print(f"constitution: {len(headlines)} headings, {len(sentences)} sentences")
    head = "# 대한민국헌법(1987. 10. 29. 전부개정). Not protected by copyright: Copyright Act of Korea, article 7.\n"
    return head + "[headline]\n" + "\n".join(headlines) + "\n[body]\n" + "\n".join(sentences) + "\n"


def hanja_words(table: Path, words: set[str]) -> str:
    """Return ``reading<TAB>hanja`` lines: each reading's first form, and further forms that bring a new hanja.

    The dictionary gives the commonest form first, and that is the one a gloss in print has; the rare homographs are
    kept only as far as they show a character that would otherwise never be seen.
    """
    forms: dict[str, list[str]] = defaultdict(list)
    for line in table.read_text(encoding="utf-8").splitlines():
        cells = line.replace(":", "\t").split("\t")
        if not line.startswith("#") and len(cells) >= 2 and cells[0] in words:
            forms[cells[0]].append(cells[1])
    kept = {(reading, found[0]) for reading, found in forms.items()}
    seen = set("".join(form for _, form in kept))
    for reading in sorted(forms):
        for form in forms[reading][1:]:
            if not seen.issuperset(form):
                kept.add((reading, form))
                seen.update(form)
    # A stable sort keeps the commonest form of a reading first.
    order = sorted(kept, key=lambda pair: (pair[0], forms[pair[0]].index(pair[1])))
    print(f"hanja words: {len(order):,}, characters: {len(seen):,}")
    head = "# reading<TAB>hanja, commonest form first; from libhangul's hanja.txt (BSD-3-Clause)\n"
    return head + "".join(f"{reading}\t{form}\n" for reading, form in order)


def digest(root: Path, name: str) -> str:
    """Return the SHA-256 of a file, or of a folder: over its files' names and digests, sorted."""
    path = root / name
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    total = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        total.update(f"{file.relative_to(path).as_posix()} {digest(root, str(file.relative_to(root)))}\n".encode())
    return total.hexdigest()


def rewrite_manifest(root: Path) -> None:
    """Rewrite each ``sha256`` of the manifest for the file or folder named before it."""
    manifest = root / "manifest.toml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    name = ""
    for number, line in enumerate(lines):
        if found := re.match(r'file = "(.+)"', line):
            name = found[1]
        elif line.startswith("sha256 = "):
            lines[number] = f'sha256 = "{digest(root, name)}"'
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Parse the options and write the files of those given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("tesseract", "wamerican", "konlpy", "hanja"):
        parser.add_argument(f"--{option}", type=Path)
    parser.add_argument("--manifest", action="store_true")
    options = parser.parse_args()
    if options.tesseract:
        words = korean_words(options.tesseract)
        (HERE / "ko/words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    if options.wamerican:
        words = english_words(options.wamerican)
        (HERE / "en/words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    if options.konlpy:
        (HERE / "ko/constitution.txt").write_text(constitution(options.konlpy), encoding="utf-8")
    if options.hanja:
        known = set((HERE / "ko/words.txt").read_text(encoding="utf-8").split())
        (HERE / "ko/hanja_words.tsv").write_text(hanja_words(options.hanja, known), encoding="utf-8")
    if options.manifest:
        rewrite_manifest(HERE)


if __name__ == "__main__":
    main()
