"""HTML is read like text and shown without harm (I3)."""

from base64 import b64encode

import pytest

from intake.mail.reading import ReadMail, read

DOWN = "Production is down since six."


def html_mail(html: str) -> ReadMail:
    head = "From: jan@acme.example\nContent-Type: text/html; charset=utf-8\n\n"
    return read(f"{head}{html}".encode())


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<table><tr><td>Server</td><td>3</td><td>500</td></tr></table>", "Server\t3\t500"),
        ("<table><tr><th>Server<th>3<tr><td>a<td>b</table>", "Server\t3\na\tb"),
        ("<table><tr><td><p>Server</p></td><td><p>3</p></td></tr></table>", "Server\n3"),
        ("a<div>b</div>c", "a\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>a</b><i>b</i> c", "ab c"),
        ("<p>a &amp; b &lt; c &euro; &#8364;&nbsp;5</p>", "a & b < c € € 5"),
        ("<pre>  one\n    two</pre>", "one\n    two"),
        ("Jan <jan@acme.example> wrote", "Jan <jan@acme.example> wrote"),
        ("<script>no()</script><style>p{}</style><title>no</title>yes", "yes"),
        ("<!-- no --><![if !mso]>yes<![endif]>", "yes"),
        ('<p style="display:none">hidden words</p>', "hidden words"),
        ("<noscript>a</noscript><select><option>b<option>c</select>", "a\nb\nc"),
        ('<img src="cid:a" alt="the error page">', "[the error page]"),
        ("<blockquote>q<blockquote>r</blockquote></blockquote>a", "> q\n> > r\na"),
        (
            'Name: <input value="Jan"> <input type=hidden value=no><input type=submit value=no>',
            "Name: Jan",
        ),
        ("<input type=checkbox checked> urgent <input type=radio> late", "[x] urgent [ ] late"),
        ("<p>unclosed <b", "unclosed"),
        ("</p></div>text</table>", "text"),
        ("<div>" * 3000 + DOWN, DOWN),
        ("<table><tr><td>" * 500 + DOWN, DOWN),
    ],
)
def test_html_is_read_like_text(html: str, shown: str) -> None:
    assert html_mail(html).text == shown


def test_html_without_any_text_is_shown_as_it_is() -> None:
    assert "lost words" in html_mail("<!-- lost words").text


def test_html_beyond_a_hundred_thousand_characters_is_read() -> None:
    picture = b64encode(b"\x89PNG" + bytes(150_000)).decode()
    html = (
        f'<p>Look:</p><img src="data:image/png;base64,{picture}"><p>{DOWN}</p>'
        + "<p>more</p>" * 20_000
    )
    read_mail = html_mail(html)
    assert DOWN in read_mail.text
    assert [(file.name, file.size) for file in read_mail.mail.attachments][:1] == [
        ("picture-1.png", 150_004)
    ]
    assert "picture" not in (read_mail.html or "")


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>x",
        '<a href="javascript:alert(1)">x</a>',
        '<p onclick="alert(1)">x</p>',
        '<form action="https://evil.example"><input></form>x',
        '<iframe src="https://evil.example"></iframe>x',
        '<img src="https://evil.example/pixel.gif">x',
        '<div style="position:fixed">x</div>',
        "<svg><script>alert(1)</script></svg><math><mi>x</mi></math>",
        '<a href="https://a.example" title="&quot; onclick=&quot;alert(1)">x</a>',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">x',
        "<textarea><img src=x onerror=alert(1)></textarea>x",
        '<base href="https://evil.example"><meta http-equiv=refresh content="0;url=https://evil.example">x',
    ],
)
def test_the_html_that_is_shown_is_harmless(html: str) -> None:
    shown = (html_mail(html).html or "").lower()
    assert "x" in shown
    for bad in (
        "<script",
        "javascript:",
        "<p onclick",
        "<form",
        "<iframe",
        "<img",
        "style=",
        "<svg",
        "<base",
        "<meta",
    ):
        assert bad not in shown
