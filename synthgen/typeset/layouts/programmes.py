"""Names that broadcasters give: channels, programmes, their parts, and what stands in labels on the screen.

All are made up. Each is a pair: what Korean television says, and what English television does.
"""

from __future__ import annotations

Words = tuple[tuple[str, ...], tuple[str, ...]]

CHANNELS: Words = (
    ("솔내TV", "마루방송", "보람채널", "여울TV", "너른들TV", "새암뉴스", "두레방송", "참빛채널", "모아TV",
     "별솔방송", "나루TV", "은하수채널", "한길TV", "푸른방송", "도담TV", "채널 봄", "채널 27", "이든TV",
     "가온뉴스", "윤슬TV", "다솜채널", "초록TV", "누리강의", "해오름TV", "배움채널"),
    ("Channel 27", "Harbor TV", "North News", "Meadow Channel", "Lantern TV", "City Eight", "Open Lecture",
     "Bay One"),
)  # fmt: skip
LIVE: Words = (
    ("생방송", "재방송", "LIVE", "녹화 방송", "본방송", "다시 보기", "수어 방송", "화면 해설", "HD", "생중계",
     "첫 방송"),
    ("LIVE", "REPLAY", "HD", "ENCORE"),
)  # fmt: skip
AGES = ("7", "12", "15", "19")
DRAMAS: Words = (
    ("비 오는 날의 약속", "그 여름의 끝", "골목길 사람들", "우리 집 막내", "푸른 기와집", "내 마음의 등불",
     "두 번째 봄", "열세 번째 증인", "달빛 아래 서점", "바람이 머무는 언덕", "거짓말쟁이의 변호사", "새벽 응급실",
     "왕의 그림자", "세 자매의 가게", "다시 쓰는 편지", "안개 속의 열차", "옆집에 사는 남자", "첫눈이 오면",
     "백 번째 선거", "소금꽃", "강 건너 불빛", "여왕의 재봉사", "어떤 이혼", "마지막 우체부", "꽃길은 없다",
     "사건 번호 0417", "빈집의 주인", "오늘도 퇴근합니다", "별이 지는 마을", "천 년의 칼", "엄마의 통장",
     "파도치는 밤", "하숙집 3호실", "검은 단추"),
    ("The Last Postman", "Second Spring", "Night Ward", "Harbor Street", "Case 0417", "A House by the River",
     "The Thirteenth Witness", "Letters Home"),
)  # fmt: skip
SHOWS: Words = (
    ("주말엔 떠나자", "밥상 위의 여행", "도전 골목 왕", "웃음 배달 왔습니다", "별난 이웃들", "노래하는 동네",
     "엉뚱한 연구소", "시골집 한 달 살기", "누가 누가 잘하나", "퀴즈 대 퀴즈", "한 그릇 더!", "맛있는 골목",
     "혼자서도 잘 놀아요", "우리 동네 가수왕", "낚시하는 사람들", "달려라 트럭", "오늘의 손님", "두 사람의 부엌",
     "무인도 일주일", "집 고쳐 드려요", "깨어나라 추억", "모두의 장기 자랑", "이 맛에 산다", "반찬 가게 습격"),
    ("Kitchen for Two", "Quiz Night", "Weekend Away", "Street Singers", "Fix My House", "One Bowl More"),
)  # fmt: skip
TOPICS: Words = (
    ("깜짝 대결의 승자는?", "벌칙은 누구에게", "첫 번째 손님", "마지막 도전", "한 입만 먹어 보자",
     "사라진 열쇠를 찾아라", "오늘의 재료는 두부", "밤 산책 이야기", "십 년 만의 만남", "예상 밖의 결과",
     "장보기 한판 승부", "비밀의 상자 공개", "고향에서 온 편지", "새 식구가 왔어요", "텃밭 가꾸기 첫날",
     "노래 한 곡의 힘", "우승 상금의 주인공", "잠시 후 공개", "이제는 말할 수 있다", "아침 시장 나들이",
     "요리 초보의 반란", "다음 이야기", "특별 초대석", "1부 다시 보기"),
    ("The Final Round", "Who Pays?", "A Letter from Home", "First Guest", "Coming Up Next", "Lost Keys"),
)  # fmt: skip
STORIES: Words = (
    ("산과 사람", "바다의 시간", "한 그릇의 역사", "마을이 사라진다", "철새의 길", "얼음 위의 열흘",
     "흙으로 지은 집", "섬에서 온 소식", "도시의 밤", "숲이 부르는 소리", "장인의 손", "사막을 건너다",
     "별을 읽는 사람들", "강을 따라서", "오래된 미래", "습지의 사계", "화산 아래 사는 법", "논두렁 과학",
     "기록되지 않은 여름", "할머니의 장독대"),
    ("The Salt Road", "Hands of Clay", "Ten Days on Ice", "A River's Year", "Islands Apart"),
)  # fmt: skip
LECTURES: Words = (
    ("밤의 인문학 교실", "쉬운 경제 이야기", "수학이 들린다", "한국사 다시 읽기", "글쓰기 열두 걸음",
     "생활 속의 법률", "처음 만나는 통계", "우리말 바로 쓰기", "물리학 산책", "그림으로 보는 철학",
     "건강한 발성법", "코딩 첫걸음", "세계 지리 여행", "고전 소설 강독", "화학 실험실", "마음을 읽는 심리학"),
    ("Everyday Law", "Statistics from Zero", "A Walk in Physics", "Writing in Twelve Steps"),
)  # fmt: skip
NEWSCASTS: Words = (
    ("뉴스 이음", "저녁 뉴스 7", "열린 뉴스", "새벽 뉴스", "뉴스 돋보기", "뉴스 한눈에", "정오의 소식",
     "주말 뉴스", "뉴스와 사람들", "심야 뉴스", "경제 브리핑", "뉴스 나침반"),
    ("News at Seven", "Morning Brief", "The Late Report", "Newsroom"),
)  # fmt: skip
LABELS: Words = (
    ("속보", "단독", "현장", "주요 뉴스", "특보", "긴급", "집중 취재", "이 시각", "제보", "현장 연결",
     "오늘의 뉴스"),
    ("BREAKING", "LIVE", "TOP STORY", "UPDATE", "REPORT"),
)  # fmt: skip
OFFERS: Words = (
    ("오늘만 특가", "매진 임박", "무료 배송", "방송 중 혜택", "마지막 기회", "자동 주문 할인", "한정 수량",
     "무이자 할부", "단 하루 특집", "사은품 증정", "주문 폭주", "추가 구성"),
    ("TODAY ONLY", "ALMOST GONE", "FREE SHIPPING", "LAST CHANCE"),
)  # fmt: skip
RANKS: Words = (
    ("오늘의 순위", "팀 순위", "중간 순위", "정규 리그", "경기 결과", "하프 타임"),
    ("STANDINGS", "LEAGUE TABLE", "RESULTS"),
)  # fmt: skip
