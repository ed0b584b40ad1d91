#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn without(value: &str, text: &str, markup: Markup) -> String {
    let needles = Needles::new([value], Labels::new(["X"])).unwrap();
    replaced(&needles, text, markup)
}

fn replaced(needles: &Needles, text: &str, markup: Markup) -> String {
    let mut left = String::new();
    let mut at = 0;
    for range in needles.find(text, markup) {
        left += &text[at..range.start];
        left += "_";
        at = range.end;
    }
    left + &text[at..]
}

#[test]
fn a_value_is_found_however_it_is_written() {
    for (value, text, left) in [
        ("4111 1111", "a 4111-1111, 41111111 and 4 1 1 1.1 1 1 1!", "a _, _ and _!"),
        ("4111", "４１１１ and ٤١١١ and 4\u{200b}111", "_ and _ and _"),
        ("Müller", "MÜLLER, mu\u{308}ller, Muller's", "_, _, _'s"),
        ("4117 70", "four double one double seven oh? four one one seven seven zero", "_? _"),
        ("four one one seven", "it is 4117, 4-1-1-7", "it is _, _"),
        ("ada@example.com", "Ada at example dot com, ADA@EXAMPLE.COM", "_, _"),
        ("ada at example dot com", "mail ada@example.com", "mail _"),
        ("ada b", r#"{"x":"\nada\tb\u0041d ada%20b"}"#, r#"{"x":"\nada\tb\u0041d _"}"#),
        ("Ada", r"said\nAda", r"said\n_"),
        (":-)", "so :-) then", "so _ then"),
    ] {
        assert_eq!(without(value, text, Markup::Plain), left, "{value}");
    }
}

#[test]
fn a_short_value_does_not_eat_parts_of_longer_words() {
    for text in ["Adamant", "cAda", "xada1", "[ADA] was", "a          d          a"] {
        let needles = Needles::new(["Ada"], Labels::new(["ADA"])).unwrap();
        assert_eq!(replaced(&needles, text, Markup::Plain), text);
    }
    assert_eq!(without("411111", "x411111y 9411111", Markup::Plain), "x_y 9411111");
    assert_eq!(without("4111111111", "x94111111111y", Markup::Plain), "x9_y");
}

#[test]
fn tags_and_entities_may_stand_between() {
    for (text, left) in [
        ("<p>41<b>11</b> 11<br/>11</p>", "<p>_</p>"),
        ("&#52;&#x31;11&nbsp;1111", "_"),
        ("<a href=\"tel:41111111\" title='4111 1111'>x</a>", "<a href=\"tel:_\" title='_'>x</a>"),
        ("<a href=tel:41111111>x</a><!-- 41111111 -->", "<a href=tel:_>x</a><!-- _ -->"),
        ("1 < 2 & 41111111 < 3", "1 < 2 & _ < 3"),
        ("<b>41111111", "<b>_"),
        ("<a title=", "<a title="),
    ] {
        assert_eq!(without("4111 1111", text, Markup::Html), left, "{text}");
    }
    assert_eq!(without("strong", "<strong>it is strong</strong>", Markup::Html), "<strong>it is _</strong>");
}

#[test]
fn a_telephone_number_is_found_with_what_is_dialled_before_it() {
    for given in ["+44 20 7946 0018", "020 7946 0018", "0044 20 7946 0018", "2079460018"] {
        let needles = Needles::of_phone(given, Labels::NONE).unwrap();
        for text in ["+44 (0)20 7946 0018", "02079460018", "00442079460018", "20-7946-0018"] {
            let left = replaced(&needles, &format!("call {text} now"), Markup::Plain);
            assert!(matches!(left.as_str(), "call _ now" | "call +_ now"), "{given} {text} {left}");
        }
    }
    assert!(Needles::of_phone("12", Labels::NONE).is_err());
}

#[test]
fn looking_is_linear() {
    let needles = Needles::new(["1111", "a b"], Labels::new(["X"])).unwrap();
    for text in [
        "<!--".repeat(50_000),
        "1 ".repeat(100_000),
        "[".repeat(200_000),
        "<a =".repeat(50_000),
        "&".repeat(200_000),
    ] {
        needles.find(&text, Markup::Html);
    }
}

proptest! {
    #[test]
    fn what_is_written_apart_is_found_and_nothing_else_goes(
        value in "[a-z0-9äß]{4,12}",
        separators in prop::collection::vec("[ .()-]{0,4}", 12),
        before in "[xyz]{0,9}", after in "[xyz]{0,9}",
    ) {
        let written: String = value.chars().zip(&separators).enumerate()
            .map(|(index, (c, gap))| if index == 0 { c.to_string() } else { format!("{gap}{c}") })
            .collect();
        let text = format!("{before} {} {after}", written.to_uppercase());
        let found = Needles::new([value.as_str()], Labels::NONE).unwrap().find(&text, Markup::Plain);
        prop_assert_eq!(found.len(), 1, "{} in {}", value, text);
        prop_assert_eq!(text[..found[0].start].trim(), before);
        prop_assert_eq!(text[found[0].end..].trim(), after);
    }

    #[test]
    fn ranges_are_whole_characters_sorted_and_disjoint(value in "\\PC{1,8}", text in "\\PC{0,80}") {
        let needles = Needles::new([value.as_str()], Labels::new(["A"])).unwrap();
        for markup in [Markup::Plain, Markup::Html] {
            let text = format!("{text}<b>{value}</b> {text}");
            let found = needles.find(&text, markup);
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
            for range in found {
                prop_assert!(text.get(range).is_some_and(|found| !found.is_empty()));
            }
        }
    }
}
