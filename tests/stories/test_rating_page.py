"""The rating page as a requester gets it, in a real browser, on a desk and on a phone."""

import httpx
import pytest
from reglament.demo import letters
from reglament.demo.desk import Desk, awaited
from reglament.place import Place
from testkit.browser import Page
from testkit.servers import run

SIZES = {"desktop": (1280, 800), "phone": (360, 640), "small phone": (320, 568)}
OVERFLOWS = "document.documentElement.scrollWidth > window.innerWidth"
each_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())


@pytest.fixture
def link(place: Place) -> str:
    """A fresh link to rate a solution."""
    return run(solved(place))


async def solved(place: Place) -> str:
    async with httpx.AsyncClient(timeout=20) as http:
        desk, letter = Desk(place, http), letters.from_gmail()
        await desk.register("vera", "Вера Лаптева")
        receipt = await desk.mail(letter)
        await desk.do(receipt["ticket"], "escalate", "vera", stage="level2")
        await desk.do(receipt["ticket"], "resolve", "vera", text="Settings, then Warehouses.")
        return await awaited("the link", lambda: desk.rating_link(letter.address, receipt["number"]))


@each_size
def test_the_form_is_there_and_fits(page: Page, link: str, size: tuple[int, int]) -> None:
    page.resize(*size)
    page.open(link)

    assert page.read("document.querySelectorAll('form input[name=score]').length") == 5
    assert page.read("document.querySelectorAll('form textarea[name=comment]').length") == 1
    assert not page.read(OVERFLOWS)


@each_size
def test_a_rating_is_thanked_for_once(page: Page, link: str, size: tuple[int, int]) -> None:
    page.resize(*size)
    page.open(link)
    page.read("document.querySelector('input[name=score][value=\"4\"]').click()")
    page.click("form button")
    thanked, fits = page.read("document.body.innerText"), not page.read(OVERFLOWS)
    page.open(link)

    assert fits
    assert not page.read(OVERFLOWS)
    assert page.read("document.querySelectorAll('form').length") == 0
    assert page.read("document.body.innerText") != thanked
